"""What agents do with a conversation: who is first, what is heard, what is written down."""

import asyncio
from pathlib import Path
from typing import Any

from core.domain.messages import Author
from core.postgres.queries import read
from handoff.people.roles import Role
from tests.builders import TENANT
from tests.handoff.console.house import House


async def transcript(house: House, conversation: Any) -> list[tuple[str, str]]:
    found = await house.base.conversations.since(TENANT, conversation, 0, 100)
    return [(one.author.value, one.text) for one in found]


async def test_of_many_who_take_the_same_one_is_first_and_the_others_read_who(
    house: House,
) -> None:
    people = [await house.comes(name) for name in ("Ann", "Bo", "Cai", "Dee")]
    conversation = (await house.waits()).conversation
    path = f"/console/api/conversations/{conversation}/take"

    async def take(browser: Any) -> tuple[int, dict[str, Any]]:
        async with browser.session.post(path, json={"epoch": 1}) as response:
            return response.status, await response.json()

    answers = await asyncio.gather(*(take(one) for one in people))

    (won,) = [body for status, body in answers if status == 200]
    lost = [body["error"] for status, body in answers if status == 409]
    assert len(lost) == 3
    assert {one["code"] for one in lost} == {"taken"}
    assert all(one["message"].startswith(f"{won['owner']['name']} took this ") for one in lost)
    assert (await house.acts()).count("conversation.take") == 1
    said = await transcript(house, conversation)
    assert len([text for author, text in said if won["owner"]["name"] in text]) == 1


async def test_taking_it_again_changes_nothing(house: House) -> None:
    ann = await house.comes("Ann")
    conversation = (await house.waits()).conversation

    once, twice = await ann.take(conversation), await ann.take(conversation)

    assert once == twice
    assert (await house.acts()).count("conversation.take") == 1


async def test_a_conversation_of_the_bots_is_taken_as_the_page_saw_it(house: House) -> None:
    ann = await house.comes("Ann")
    opened = await house.a_conversation()
    path = f"conversations/{opened.id}/take"

    late = await ann.post(path, 409, epoch=7)
    taken = await ann.post(path, epoch=0)

    assert late["error"]["code"] == "moved_on"
    assert taken["owner"]["name"] == "Ann"
    assert taken["handoff"]["reason"] == "taken by an agent"


async def test_a_reply_is_there_once_however_often_it_is_sent(house: House) -> None:
    ann = await house.comes("Ann")
    conversation = (await house.waits()).conversation
    row = await ann.take(conversation)
    path = f"conversations/{conversation}/reply"
    body = {"client_id": "c1", "text": "Hello from Ann", "epoch": row["epoch"]}

    seqs = await asyncio.gather(*(ann.post(path, **body) for _ in range(5)))

    assert len({one["seq"] for one in seqs}) == 1
    said = await transcript(house, conversation)
    assert said.count((Author.AGENT.value, "Hello from Ann")) == 1
    assert (await house.acts()).count("conversation.reply") == 1
    outbox = await house.rows(
        "SELECT FROM outbox WHERE topic = 'outbound' AND headers ->> 'seq' = $1",
        str(seqs[0]["seq"]),
    )
    assert len(outbox) == 1
    (shown,) = [
        one
        for one in (await ann.get(f"conversations/{conversation}/messages"))["messages"]
        if one["author"] == "agent"
    ]
    assert (shown["agent_name"], shown["client_id"]) == ("Ann", "c1")


async def test_a_reply_under_another_epoch_is_not_sent(house: House) -> None:
    ann, bo = await house.comes("Ann"), await house.comes("Bo")
    conversation = (await house.waits()).conversation
    row = await ann.take(conversation)
    path = f"conversations/{conversation}"
    body = {"client_id": "c", "text": "Too late"}

    others = await bo.post(f"{path}/reply", 409, epoch=row["epoch"], **body)
    await ann.post(f"{path}/return")
    late = await ann.post(f"{path}/reply", 409, epoch=row["epoch"], **body)
    await ann.take(conversation)
    old = await ann.post(f"{path}/reply", 409, epoch=row["epoch"], **body)

    codes = [one["error"]["code"] for one in (others, late, old)]
    assert codes == ["taken", "moved_on", "moved_on"]
    assert "Too late" not in str(await transcript(house, conversation))
    assert "conversation.reply" not in await house.acts()


async def test_returned_it_is_the_bots_and_closed_it_has_its_reason(house: House) -> None:
    ann = await house.comes("Ann")
    first, second = [(await house.waits()).conversation for _ in range(2)]
    await ann.take(first)
    await ann.take(second)

    back = await ann.post(f"conversations/{first}/return")
    done = await ann.post(f"conversations/{second}/close", reason="Refund agreed")

    assert (back["owner"]["kind"], back["handoff"]["state"]) == ("bot", "returned")
    assert (done["owner"]["kind"], done["handoff"]["state"]) == ("bot", "wrapped_up")
    notes = (await ann.get(f"conversations/{second}/messages"))["notes"]
    assert [one["text"] for one in notes] == ["Refund agreed"]
    assert (await house.acts())[-2:] == ["conversation.return", "conversation.close"]


async def test_a_colleague_is_asked_and_takes_it_or_declines(house: House) -> None:
    ann, bo = await house.comes("Ann"), await house.comes("Bo")
    conversation = (await house.waits()).conversation
    await ann.take(conversation)
    path = f"conversations/{conversation}"

    offered = await ann.post(f"{path}/transfer", agent=bo.account.id)
    declined = await bo.post(f"{path}/decline")
    taken = await ann.take(conversation)
    await ann.post(f"{path}/transfer", agent=bo.account.id)
    accepted = await bo.take(conversation)

    assert offered["handoff"]["state"] == "offered"
    assert offered["handoff"]["agent"] == str(bo.account.id)
    assert declined["handoff"]["state"] == "queued"
    assert taken["owner"]["name"] == "Ann"
    assert accepted["owner"]["name"] == "Bo"


async def test_a_team_has_it_next(house: House) -> None:
    ann = await house.comes("Ann")
    conversation = (await house.waits()).conversation
    await ann.take(conversation)
    path = f"conversations/{conversation}/transfer"

    await ann.post(path, 422)
    await ann.post(path, 404, agent="00000000-0000-0000-0000-000000000001")
    passed = await ann.post(path, team="billing")

    assert (passed["owner"]["kind"], passed["handoff"]["team"]) == ("queue", "billing")


async def test_a_note_is_written_once_and_no_query_of_the_channels_reads_it(
    house: House,
) -> None:
    ann = await house.comes("Ann")
    conversation = (await house.waits()).conversation
    path = f"conversations/{conversation}/notes"
    before = await transcript(house, conversation)

    once = await ann.post(path, client_id="n1", text="Never say this")
    twice = await ann.post(path, client_id="n1", text="Never say this")

    assert once == twice
    assert once["author_name"] == "Ann"
    assert await transcript(house, conversation) == before
    assert not await house.rows("SELECT FROM outbox WHERE value::text LIKE '%Never say%'")


def test_notes_are_named_in_no_query_but_the_consoles() -> None:
    root = Path(__file__).parents[3]
    reading = {
        file.name
        for folder in ("core", "channels", "handoff", "knowledge")
        for file in (root / folder).rglob("*.sql")
        if any(" notes" in getattr(read(file), name) for name in read(file).names())
    }

    assert reading == {"talks.sql", "acts.sql"}


async def test_a_draft_is_kept_for_its_writer_alone(house: House) -> None:
    ann, bo = await house.comes("Ann"), await house.comes("Bo")
    conversation = (await house.waits()).conversation
    path = f"conversations/{conversation}"

    await ann.send("PUT", f"{path}/draft", 204, kind="reply", text="Dear cust")
    await ann.send("PUT", f"{path}/draft", 204, kind="note", text="Dear colle")

    assert (await ann.get(path))["draft"]["text"] == "Dear colle"
    assert (await bo.get(path))["draft"] is None
    await ann.send("PUT", f"{path}/draft", 204, kind="reply", text="")
    assert (await ann.get(path))["draft"] is None


async def test_a_program_reads_and_notes_but_talks_with_nobody(house: House) -> None:
    admin = await house.comes("Admin", Role.ADMIN)
    conversation = (await house.waits()).conversation
    token = await admin.post(
        "tokens", 201, name="sync", scopes=["conversations.read", "conversations.answer"]
    )
    program = {"Authorization": f"Bearer {token['secret']}"}
    outside = await house.stranger()
    path = f"/console/api/conversations/{conversation}"

    async with outside.get("/console/api/inbox", headers=program) as response:
        assert response.status == 200
    async with outside.get("/console/api/inbox?tab=mine", headers=program) as response:
        assert response.status == 422
    body = {"client_id": "n", "text": "From the shop system"}
    async with outside.post(f"{path}/notes", json=body, headers=program) as response:
        assert (await response.json())["author"].startswith("token:")
    async with outside.post(f"{path}/take", json={"epoch": 1}, headers=program) as response:
        assert response.status == 403


async def test_every_act_is_in_the_log_with_its_actor_and_nobodys_words(house: House) -> None:
    ann = await house.comes("Ann")
    conversation = (await house.waits("Secret of the customer")).conversation
    row = await ann.take(conversation)
    path = f"conversations/{conversation}"
    await ann.post(f"{path}/reply", client_id="c", text="Words of Ann", epoch=row["epoch"])
    await ann.post(f"{path}/notes", client_id="n", text="Note of Ann")
    await ann.post(f"{path}/close", reason="Reason of Ann")

    entries = await house.rows("SELECT actor, act, object, detail::text FROM audit ORDER BY seq")

    mine = [one for one in entries if one["object"] == f"conversation:{conversation}"]
    assert [one["act"] for one in mine] == [
        f"conversation.{act}" for act in ("take", "reply", "note", "close")
    ]
    assert {one["actor"] for one in mine} == {f"person:{ann.account.id}"}
    assert not [one for one in mine if "Ann" in one["detail"] or "Secret" in one["detail"]]
