"""The HTTP API over a real database."""

import asyncio
import json
from io import BytesIO
from uuid import UUID, uuid4

import aiohttp
import pytest

from core.domain.decisions import Decline, PassToAgent, StaySilent
from core.domain.events import Delta
from core.domain.ids import ConversationId, TurnId
from tests.builders import TENANT
from tests.channels.kit import Service, hello, serving

pytestmark = pytest.mark.slow  # many connections: not for make quick

CHAT = "/api/v1/chat"


async def ask(http: aiohttp.ClientSession, query: str = "Where?", **body) -> dict:
    headers = {"Idempotency-Key": body.pop("key")} if "key" in body else {}
    async with http.post(CHAT, json={"query": query, **body}, headers=headers) as response:
        return {"status": response.status, **await response.json()}


async def test_a_question_gets_its_answer_with_sources(http) -> None:
    got = await ask(http, "Where is it?", temperature=0.5)

    assert got["status"] == 200
    assert got["answer"] == "You asked: Where is it? [1]"
    assert got["sources"] == [
        {
            "title": "Delivery",
            "uri": "help/delivery.md",
            "quote": "Parcels take two days.",
            "score": 0.9,
        }
    ]
    assert got["decision"] == "reply"
    assert got["confidence"] == pytest.approx(0.9)
    assert got["understanding"]["language"] == {"label": "en", "confidence": 1.0}
    assert UUID(got["turn"])


async def test_a_question_may_stand_in_the_address(http) -> None:
    async with http.get(CHAT, params={"query": "Where?", "temperature": "1"}) as response:
        assert (await response.json())["answer"] == "You asked: Where? [1]"


async def test_a_conversation_goes_on(http) -> None:
    first = await ask(http, "One")
    second = await ask(http, "Two", conversation=first["conversation"])

    assert second["conversation"] == first["conversation"]
    async with http.get(
        f"/api/v1/conversations/{first['conversation']}/messages", params={"since": 1}
    ) as response:
        got = await response.json()
    assert [m["seq"] for m in got["messages"]] == [2, 3, 4]
    assert got["messages"][1]["text"] == "Two"
    assert got["more"] is False


@pytest.mark.parametrize(
    ("decision", "answer", "name"),
    [
        (Decline("I do not know."), "I do not know.", "decline"),
        (PassToAgent(), "", "pass_to_agent"),
        (StaySilent("thanks"), "", "stay_silent"),
    ],
)
async def test_other_decisions_are_told_by_name(
    service: Service, http, decision, answer, name
) -> None:
    service.bot.answers = lambda _: decision

    got = await ask(http)

    assert (got["answer"], got["decision"], got["sources"]) == (answer, name, [])


async def test_events_bring_deltas_and_then_the_message(service: Service, http) -> None:
    service.bot.deltas = True
    headers = {"Accept": "text/event-stream"}
    async with http.post(CHAT, json={"query": "Where?"}, headers=headers) as response:
        kind = response.headers["Content-Type"]
        events = [parsed(block) for block in (await response.text()).split("\n\n") if block]

    assert kind == "text/event-stream; charset=utf-8"
    names = [name for name, _ in events]
    assert names[-1] == "message"
    assert set(names[:-1]) == {"delta"}
    assert "".join(data["text"] for _, data in events[:-1]).strip() == events[-1][1]["answer"]


def parsed(block: str) -> tuple[str, dict]:
    name, data = block.split("\n")
    return name.removeprefix("event: "), json.loads(data.removeprefix("data: "))


@pytest.mark.slow
async def test_lost_wake_ups_only_delay_an_answer(service: Service, http) -> None:
    service.live.deaf = True

    assert (await ask(http))["status"] == 200


@pytest.mark.slow
async def test_500_copies_of_one_question_are_one_turn_with_one_answer(
    service: Service, http
) -> None:
    got = await asyncio.gather(*(ask(http, key="one") for _ in range(500)))

    assert {(g["status"], g["turn"], g["answer"]) for g in got} == {
        (200, got[0]["turn"], "You asked: Where? [1]")
    }
    async with service.database.as_service() as connection:
        counts = await connection.fetchrow(
            "SELECT (SELECT count(*) FROM conversations), (SELECT count(*) FROM turns),"
            " (SELECT count(*) FROM messages)"
        )
    assert tuple(counts) == (1, 1, 2)


async def test_a_key_does_not_open_another_question(http) -> None:
    await ask(http, "Mine", key="one")

    got = await ask(http, "Yours", key="one")

    assert (got["status"], got["error"]["code"]) == (409, "key_reused")


async def test_an_answer_that_is_late_can_be_read_later(database) -> None:
    async with (
        serving(database, answer_s=0.2) as service,
        aiohttp.ClientSession(service.url) as http,
    ):
        service.bot.asleep.clear()
        late = await ask(http, key="k")
        service.bot.asleep.set()
        where = late["error"]["conversation"]
        again = await ask(http, key="k")

    assert (late["status"], late["error"]["code"]) == (504, "timeout")
    assert again["answer"] == "You asked: Where? [1]"
    assert again["conversation"] == where


async def test_the_tail_of_an_earlier_answer_is_not_taken_for_ours(service: Service, http) -> None:
    place = (await ask(http, "One"))["conversation"]
    conversation = ConversationId(UUID(place))
    service.bot.asleep.clear()
    asking = []
    for number, query in enumerate(("Two", "Three")):
        asking.append(asyncio.create_task(stream(http, query, place)))
        await stored(service, conversation, 3 + number)
    service.live.tell(Delta(conversation=conversation, turn=TurnId(uuid4()), text="tail"))
    service.bot.asleep.set()
    two, three = await asyncio.gather(*asking)

    assert "tail" in two
    assert "tail" not in three


async def stream(http, query: str, conversation: str) -> str:
    headers = {"Accept": "text/event-stream"}
    body = {"query": query, "conversation": conversation}
    async with http.post(CHAT, json=body, headers=headers) as response:
        return await response.text()


async def stored(service: Service, conversation: ConversationId, seq: int) -> None:
    """Until the conversation has so many messages."""
    while (await service.store.conversation(TENANT, conversation)).seq < seq:
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"query": ""}, 422, "invalid"),
        ({"query": "  "}, 422, "invalid"),
        ({"query": "x" * 4001}, 422, "invalid"),
        ({"query": "x", "temperature": 2.5}, 422, "invalid"),
        ({"query": "x", "temperatur": 1}, 422, "invalid"),
        ({"query": "x", "conversation": "1"}, 422, "invalid"),
        ({"query": "x", "conversation": str(uuid4())}, 404, "not_found"),
        ({"query": "x", "tenant": "nobody"}, 404, "not_found"),
        ({"query": "x", "tenant": "No Body\x00"}, 404, "not_found"),
        ([], 422, "invalid"),
    ],
)
async def test_what_cannot_be_asked_gets_one_sentence(http, body, status, code) -> None:
    async with http.post(CHAT, json=body) as response:
        error = (await response.json())["error"]

    assert (response.status, error["code"]) == (status, code)
    assert error["message"].endswith(".")


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"query": "\xff"}', "application/json", 400),
        (b'{"query": "x"}', "text/plain", 415),
        (b" " * 1_100_000, "application/json", 413),
    ],
)
async def test_what_is_no_json_gets_one_sentence(http, content, kind, status) -> None:
    async with http.post(CHAT, data=BytesIO(content), headers={"Content-Type": kind}) as response:
        assert response.status == status
        assert (await response.json())["error"]["message"].endswith(".")


async def test_a_conversation_of_a_visitor_is_not_open_to_the_api(service: Service, http) -> None:
    async with service.socket() as socket:
        theirs = await hello(socket)

    got = await ask(http, conversation=str(theirs.conversation))
    async with http.get(f"/api/v1/conversations/{theirs.conversation}/messages") as response:
        assert (got["status"], response.status) == (404, 404)


async def test_a_rating_is_stored_once_per_turn(service: Service, http) -> None:
    turn = (await ask(http))["turn"]
    for thumb in ("up", "down", "down"):
        body = {"turn": turn, "thumb": thumb, "reason": "wrong"}
        async with http.post("/api/v1/feedback", json=body) as response:
            assert await response.json() == {"turn": turn, "thumb": thumb}

    async with service.database.as_service() as connection:
        assert await connection.fetchval("SELECT thumb FROM ratings") == "down"
        told = await connection.fetchval("SELECT count(*) FROM outbox WHERE topic = 'events'")
    assert told == 2


async def test_an_unknown_turn_cannot_be_rated(http) -> None:
    body = {"turn": str(uuid4()), "thumb": "up"}
    async with http.post("/api/v1/feedback", json=body) as response:
        assert response.status == 404
        assert (await response.json())["error"]["message"] == "There is no such turn."


async def test_who_asks_too_often_is_told_when_to_come_back(database) -> None:
    limits = {"requests_burst": 1, "requests_per_second": 0.1}
    async with (
        serving(database, **limits) as service,
        aiohttp.ClientSession(service.url) as http,
    ):
        await ask(http)
        async with http.post(CHAT, json={"query": "Where?"}) as response:
            assert response.status == 429
            assert response.headers["Retry-After"] == "10"
