"""Files of visitors: sent with a message, taken by what they are, given back to nobody else."""

from io import BytesIO
from uuid import uuid4

import pytest
from aiohttp import ClientResponse, FormData
from hypothesis import given
from hypothesis import strategies as st

from channels.postgres.files import PostgresFiles
from channels.web.protocol import Welcome
from core.clock import SystemClock
from core.domain.errors import ConversationNotFound
from core.domain.files import MAX_FILE, FileRefused, NewFile, NoRoom, kind_of, received
from core.domain.ids import ConversationId, EventId, TenantId
from tests.builders import TENANT
from tests.channels.kit import Service, hello, messages

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
FILES = "/api/v1/files"


async def visiting(service: Service) -> Welcome:
    async with service.socket() as socket:
        return await hello(socket)


def form(visit: Welcome, data: bytes = PNG, name: str = "photo.png", **fields: str) -> FormData:
    made = FormData(quote_fields=False)  # as browsers do
    given = {"conversation": str(visit.conversation), "token": visit.token, "client_id": "c1"}
    for field, value in {**given, **fields}.items():
        if value:
            made.add_field(field, value)
    made.add_field("file", BytesIO(data), filename=name, content_type="image/png")
    return made


async def code_of(answer: ClientResponse) -> tuple[int, str]:
    return answer.status, (await answer.json())["error"]["code"]


async def test_a_file_is_said_in_the_conversation_and_given_back(service: Service, http) -> None:
    async with service.socket() as socket:
        visit = await hello(socket)
        answer = await http.post(FILES, data=form(visit))
        body = await answer.json()
        (said,) = await messages(socket, 1)
    found = await http.get(
        f"{FILES}/{body['id']}", headers={"Authorization": f"Bearer {visit.token}"}
    )

    assert answer.status == 201
    assert (body["name"], body["media_type"], body["size"]) == ("photo.png", "image/png", len(PNG))
    assert (said.seq, said.author, said.text) == (body["seq"], "customer", "📎 photo.png")
    assert await found.read() == PNG
    kept = await service.parts.files.of(TENANT, ConversationId(visit.conversation), EventId("c1"))
    assert [str(file.id) for file in kept] == [body["id"]]


async def test_what_is_given_back_is_saved_and_never_shown(service: Service, http) -> None:
    visit = await visiting(service)
    name = "../a; filename=b.html/<é> x.png"
    body = await (await http.post(FILES, data=form(visit, name=name))).json()
    found = await http.get(
        f"{FILES}/{body['id']}", headers={"Authorization": f"Bearer {visit.token}"}
    )

    assert body["name"] == "<é> x.png"
    assert found.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert found.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in found.headers["Content-Security-Policy"]
    assert found.headers["Cache-Control"] == "private, no-store"


async def test_the_same_message_twice_is_stored_and_said_once(service: Service, http) -> None:
    visit = await visiting(service)
    bodies = [await (await http.post(FILES, data=form(visit))).json() for _ in range(2)]

    assert bodies[0] == bodies[1]
    async with service.database.as_service() as connection:
        assert await connection.fetchval("SELECT count(*) FROM files") == 1
        asked = "SELECT count(*) FROM messages WHERE author = 'customer'"
        assert await connection.fetchval(asked) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MZ\x90\x00\x03",
        b"PK\x03\x04\x14\x00",
        b"\x7fELF\x02\x01",
        b"RIFF\x00\x00\x00\x00AVI ",
        b"\x00\x00\x00\x00\x00\x00\x00\x00WEBP",
        "caf\xe9".encode("latin-1"),
    ],
    ids=["empty", "exe", "zip", "elf", "avi", "webp-without-riff", "latin-1"],
)
async def test_what_is_no_kind_that_is_taken_is_refused_by_its_bytes(
    service: Service, http, data: bytes
) -> None:
    """Its name and its declared type say that it is a picture."""
    visit = await visiting(service)

    assert await code_of(await http.post(FILES, data=form(visit, data))) == (
        415, "unsupported_media_type"
    )  # fmt: skip
    async with service.database.as_service() as connection:
        assert await connection.fetchval("SELECT count(*) FROM files") == 0


async def test_a_page_is_text_and_nothing_that_runs(service: Service, http) -> None:
    visit = await visiting(service)
    answer = await http.post(FILES, data=form(visit, b"<script>alert(1)</script>", "x.html"))

    assert (await answer.json())["media_type"] == "text/plain"


async def test_a_file_that_is_too_large_is_refused(service: Service, http) -> None:
    visit = await visiting(service)
    data = PNG + bytes(MAX_FILE - len(PNG))

    assert (await http.post(FILES, data=form(visit, data))).status == 201
    larger = form(visit, data + b"x", client_id="c2")
    assert await code_of(await http.post(FILES, data=larger)) == (413, "too_large")


async def test_nobody_else_can_send_or_read_here(service: Service, http) -> None:
    visit, stranger = await visiting(service), await visiting(service)
    body = await (await http.post(FILES, data=form(visit))).json()
    address = f"{FILES}/{body['id']}"

    for token in (stranger.token, "x" * 43, "a.b.c"):
        found = await http.get(address, headers={"Authorization": f"Bearer {token}"})
        assert await code_of(found) == (404, "not_found")
        sent = await http.post(FILES, data=form(visit, token=token, client_id="c2"))
        assert await code_of(sent) == (401, "unauthorized")
    assert await code_of(await http.get(address)) == (401, "unauthorized")
    sent = await http.post(FILES, data=form(visit, token=""))
    assert await code_of(sent) == (401, "unauthorized")
    unknown = f"{FILES}/{uuid4()}"
    mine = {"Authorization": f"Bearer {visit.token}"}
    assert await code_of(await http.get(unknown, headers=mine)) == (404, "not_found")


async def test_pages_of_other_origins_may_not_send(service: Service, http) -> None:
    visit = await visiting(service)
    headers = {"Origin": "https://evil.example"}

    answer = await http.post(FILES, data=form(visit), headers=headers)

    assert await code_of(answer) == (403, "forbidden")


async def test_a_form_that_is_none_is_refused_with_a_sentence(service: Service, http) -> None:
    visit = await visiting(service)
    without = FormData({"conversation": str(visit.conversation), "client_id": "c1"})
    without._is_multipart = True
    many = form(visit)
    many._fields = [*FormData({f"f{n}": "x" for n in range(20)})._fields, *many._fields]

    assert await code_of(await http.post(FILES, json={})) == (415, "unsupported_media_type")
    assert await code_of(await http.post(FILES, data=without)) == (422, "invalid")
    assert await code_of(await http.post(FILES, data=many)) == (422, "invalid")
    wrong = form(visit, conversation="none")
    assert await code_of(await http.post(FILES, data=wrong)) == (422, "invalid")
    garbled = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await http.post(FILES, data=b"no form at all", headers=garbled)
    assert await code_of(answer) == (400, "bad_form")


# --- the port -----------------------------------------------------------------------------------


def a_file(name: str = "a.png", size: int = 100) -> NewFile:
    return NewFile(name=name, media_type="image/png", data=bytes(size))


async def test_a_conversation_holds_so_many_bytes_and_no_more(service: Service) -> None:
    files = PostgresFiles(service.database, SystemClock(), room=250)
    conversation = ConversationId((await visiting(service)).conversation)
    await files.keep(TENANT, conversation, EventId("1"), [a_file("a"), a_file("b")])

    with pytest.raises(NoRoom):
        await files.keep(TENANT, conversation, EventId("2"), [a_file()])
    kept = await files.of(TENANT, conversation, EventId("1"))
    assert [file.name for file in kept] == ["a", "b"]
    assert await files.of(TENANT, conversation, EventId("2")) == ()


async def test_files_belong_to_one_tenant(service: Service) -> None:
    files, other = service.parts.files, TenantId("other")
    async with service.database.as_service() as connection:
        await connection.execute("INSERT INTO tenants (id, name) VALUES ('other', 'Other')")
    conversation = ConversationId((await visiting(service)).conversation)
    (kept,) = await files.keep(TENANT, conversation, EventId("1"), [a_file()])

    assert await files.read(other, kept.id) is None
    assert await files.of(other, conversation, EventId("1")) == ()
    with pytest.raises(ConversationNotFound):
        await files.keep(other, conversation, EventId("2"), [a_file()])
    async with service.database.as_tenant(other) as connection:
        assert await connection.fetch("SELECT * FROM files") == []


@given(st.text(), st.sampled_from([PNG, b"%PDF-1.7", b"words", b"\xff\xd8\xff\xe0", b"GIF89a"]))
def test_a_name_is_one_line_without_folders(name: str, data: bytes) -> None:
    found = received(name, data)

    assert 1 <= len(found.name) <= 120
    assert not set(found.name) & set("/\\\r\n\x00")


@given(st.binary())
def test_bytes_are_a_known_kind_or_refused(data: bytes) -> None:
    kind = kind_of(data)

    if kind is None:
        with pytest.raises(FileRefused):
            received("a.png", data)
    else:
        assert received("a.png", data).media_type == kind


async def test_a_message_comes_with_its_files(service: Service, http) -> None:
    """Those of an agent are stored under the message's event, as customers' are."""
    async with service.socket() as socket:
        visit = await hello(socket)
        body = await (await http.post(FILES, data=form(visit))).json()
        (said,) = await messages(socket, 1)

    (file,) = said.files
    assert (str(file.id), file.name, file.size) == (body["id"], "photo.png", len(PNG))


async def test_what_is_for_agents_only_is_not_given_to_a_customer(service: Service, http) -> None:
    visit = await visiting(service)
    body = await (await http.post(FILES, data=form(visit))).json()
    async with service.database.as_service() as connection:
        await connection.execute("UPDATE files SET private = true")
    token = {"Authorization": f"Bearer {visit.token}"}

    found = await http.get(f"{FILES}/{body['id']}", headers=token)

    assert await code_of(found) == (404, "not_found")


async def test_a_page_of_another_origin_may_read_what_its_visitor_may(
    service: Service, http
) -> None:
    visit = await visiting(service)
    body = await (await http.post(FILES, data=form(visit))).json()
    address = f"{FILES}/{body['id']}"

    asked = await http.options(address, headers={"Origin": "https://shop.example"})
    token = {"Authorization": f"Bearer {visit.token}", "Origin": "https://shop.example"}
    found = await http.get(address, headers=token)

    assert asked.status == 204
    assert asked.headers["Access-Control-Allow-Headers"] == "Authorization"
    assert found.headers["Access-Control-Allow-Origin"] == "*"
