"""Files in the console: what customers sent is there, what agents add reaches the customer."""

import json
from io import BytesIO
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest

from channels.postgres.files import PostgresFiles
from core.domain.events import Stored
from core.domain.files import MAX_FILE, received, words_for
from core.domain.ids import ConversationId, EventId
from core.domain.messages import Author, Channel
from handoff.people.roles import Role
from tests.builders import TENANT, an_inbound_message
from tests.channels.web.test_files import PNG
from tests.handoff.console.house import Browser, House

TEXT = b"The parcel stands at the door.\n"


async def sends(house: House, conversation: ConversationId, event: str, *names: str) -> None:
    """A customer sends pictures, as channels store them."""
    files = PostgresFiles(house.base.database, house.base.clock)
    await files.keep(TENANT, conversation, EventId(event), [received(one, PNG) for one in names])
    said = an_inbound_message(conversation, words_for(names), event=event)
    await house.base.conversations.accept(said)


async def add(
    browser: Browser, talk: Any, name: str, data: bytes = PNG, status: int = 201
) -> dict[str, Any]:
    path = f"/console/api/conversations/{talk}/files?name={quote(name)}"
    headers = {"Content-Type": "application/octet-stream"}
    async with browser.session.post(path, data=BytesIO(data), headers=headers) as response:
        assert response.status == status, await response.text()
        return dict(await response.json())


async def fetched(browser: Browser, talk: Any, file: Any) -> tuple[int, bytes, dict[str, str]]:
    path = f"/console/api/conversations/{talk}/files/{file}"
    async with browser.session.get(path) as response:
        return response.status, await response.read(), dict(response.headers)


async def removed(browser: Browser, talk: Any, file: Any) -> int:
    path = f"/console/api/conversations/{talk}/files/{file}"
    async with browser.session.delete(path) as response:
        return response.status


async def talking(house: House, name: str = "Ann") -> tuple[Browser, ConversationId, int]:
    ann, conversation = await house.comes(name), (await house.waits()).conversation
    return ann, conversation, (await ann.take(conversation))["epoch"]


async def test_what_a_customer_sent_stands_with_its_message_and_is_only_saved(
    house: House,
) -> None:
    ann, conversation = await house.comes("Ann"), (await house.waits()).conversation
    await sends(house, conversation, "c1", "door.png", "box.png")
    page = await ann.get(f"conversations/{conversation}/messages")

    message = page["messages"][-1]
    assert [one["name"] for one in message["files"]] == ["door.png", "box.png"]
    assert message["files"][0]["media_type"] == "image/png"
    assert message["files"][0]["size"] == len(PNG)
    status, data, headers = await fetched(ann, conversation, message["files"][0]["id"])
    assert (status, data) == (200, PNG)
    assert headers["Content-Disposition"] == "attachment; filename*=UTF-8''door.png"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["Cache-Control"] == "private, no-store"


async def test_nobody_else_reads_a_file(house: House) -> None:
    """Not another tenant, not without a session, not by another conversation's address."""
    ann, conversation = await house.comes("Ann"), (await house.waits()).conversation
    await sends(house, conversation, "c1", "door.png")
    page = await ann.get(f"conversations/{conversation}/messages")
    file = page["messages"][-1]["files"][0]["id"]
    other = await house.comes("Oz", Role.ADMIN, tenant="other")  # type: ignore[arg-type]
    elsewhere = (await house.waits()).conversation
    stranger = Browser(ann.account, await house.stranger())

    assert (await fetched(other, conversation, file))[0] == 404
    assert (await fetched(ann, elsewhere, file))[0] == 404
    assert (await fetched(stranger, conversation, file))[0] == 401


async def test_an_agents_file_goes_with_their_words_once(house: House) -> None:
    ann, conversation, epoch = await talking(house)
    one = await add(ann, conversation, "../label.png")
    two = await add(ann, conversation, "notes.txt", TEXT)
    body = {"client_id": "r1", "text": "Here.", "epoch": epoch, "files": [two["id"], one["id"]]}
    first = await ann.post(f"conversations/{conversation}/reply", **body)
    again = await ann.post(f"conversations/{conversation}/reply", **body)
    page = await ann.get(f"conversations/{conversation}/messages")

    assert first == again
    said = page["messages"][-1]
    assert said["text"] == "Here.\n📎 notes.txt\n📎 label.png"
    assert [file["id"] for file in said["files"]] == [two["id"], one["id"]]
    files = PostgresFiles(house.base.database, house.base.clock)
    for_customer = await files.with_message(TENANT, conversation, first["seq"])
    assert [file.name for file in for_customer] == ["notes.txt", "label.png"]
    assert (await files.read(TENANT, for_customer[0].id)) is not None
    detail = await house.rows("SELECT detail FROM audit WHERE act = 'conversation.reply'")
    assert [json.loads(row["detail"])["files"] for row in detail] == [2]


async def test_a_file_needs_no_words(house: House) -> None:
    ann, conversation, epoch = await talking(house)
    file = await add(ann, conversation, "label.png")
    path = f"conversations/{conversation}/reply"
    await ann.post(path, client_id="r1", text="", epoch=epoch, files=[file["id"]])

    (*_, said) = await house.base.conversations.since(TENANT, conversation, 0, 100)
    assert (said.author, said.text) == (Author.AGENT, "📎 label.png")


async def test_what_is_not_sent_is_only_its_agents(house: House) -> None:
    ann, conversation, epoch = await talking(house)
    bo = await house.comes("Bo")
    file = await add(ann, conversation, "label.png")
    path = f"conversations/{conversation}/reply"

    assert (await fetched(ann, conversation, file["id"]))[0] == 200
    assert (await fetched(bo, conversation, file["id"]))[0] == 404
    assert await removed(bo, conversation, file["id"]) == 404
    files = PostgresFiles(house.base.database, house.base.clock)
    assert await files.read(TENANT, UUID(file["id"])) is None
    assert await removed(ann, conversation, file["id"]) == 204
    body = {"client_id": "r1", "text": "Here.", "epoch": epoch, "files": [file["id"]]}
    refused = await ann.post(path, 409, **body)
    assert refused["error"]["message"] == "A file is not there any more; add it again."
    page = await ann.get(f"conversations/{conversation}/messages")
    assert page["messages"][-1]["author"] != "agent"


async def test_a_notes_file_is_read_by_colleagues_and_by_no_customer(house: House) -> None:
    ann, conversation, _ = await talking(house)
    bo = await house.comes("Bo")
    file = await add(ann, conversation, "invoice.png")
    body = {"client_id": "n1", "text": "Look.", "files": [file["id"]]}
    note = await ann.post(f"conversations/{conversation}/notes", **body)
    page = await bo.get(f"conversations/{conversation}/messages")
    assert [one["id"] for one in note["files"]] == [file["id"]]
    assert page["notes"] == [note]
    assert (await fetched(bo, conversation, file["id"]))[0] == 200
    files = PostgresFiles(house.base.database, house.base.clock)
    assert await files.read(TENANT, UUID(file["id"])) is None


@pytest.mark.parametrize(
    ("data", "status", "sentence"),
    [
        (b"MZ\x90\x00\x03", 415, "Pictures, PDF, plain text and recordings are taken"),
        (b"", 415, "Pictures, PDF, plain text and recordings are taken"),
        (PNG + bytes(MAX_FILE), 413, "A file may have 10 MB at most."),
    ],
    ids=["program", "empty", "large"],
)
async def test_what_is_not_taken_is_refused_in_one_sentence(
    house: House, data: bytes, status: int, sentence: str
) -> None:
    ann, conversation, _ = await talking(house)

    refused = await add(ann, conversation, "x.png", data, status)

    assert refused["error"]["message"].startswith(sentence)
    assert await house.rows("SELECT 1 FROM files") == []


async def test_where_no_files_can_be_sent_the_agent_reads_it_before(house: House) -> None:
    ann = await house.comes("Ann")
    conversation = (await house.waits(channel=Channel.API)).conversation

    refused = await add(ann, conversation, "x.png", status=422)

    assert refused["error"]["message"].endswith("files cannot be sent there.")


async def test_a_page_hears_of_files_that_come_later_than_their_message(house: House) -> None:
    """Those that lie on a platform are fetched while the customer's words have their turn."""
    ann, conversation = await house.comes("Ann"), (await house.waits()).conversation
    said = an_inbound_message(conversation, words_for(["door.png"]), event="c1")
    seq = (await house.base.conversations.accept(said)).seq

    async with ann.live() as page:
        await page.until("state")
        await page.say(type="watch", conversation=conversation, since=0)
        while (await page.until("message"))["message"]["seq"] < seq:
            pass
        assert page.heard[-1]["message"]["files"] == []
        files = PostgresFiles(house.base.database, house.base.clock)
        await files.keep(TENANT, conversation, EventId("c1"), [received("door.png", PNG)])
        house.base.live.tell(Stored(conversation=conversation, seq=0))
        while not (mark := (await page.until("marks"))["marks"][-1])["files"]:
            pass

    assert (mark["seq"], mark["files"][0]["name"]) == (seq, "door.png")
