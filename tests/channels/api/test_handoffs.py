"""The person who is awaited, or talks, over HTTP; the way back; and how the talk was."""

from uuid import uuid4

import aiohttp
import pytest

from core.domain.ids import ConversationId
from handoff.postgres.agents import Profile
from tests.builders import TENANT
from tests.channels.kit import Service, hello
from tests.channels.people import People
from tests.handoff.cast import ANN

pytestmark = pytest.mark.slow  # many connections: not for make quick


@pytest.fixture
def people(service: Service) -> People:
    return People(service.database, service.live)


async def begun(http: aiohttp.ClientSession, **body) -> ConversationId:
    async with http.post("/api/v1/chat", json={"query": "Where?", **body}) as response:
        return ConversationId((await response.json())["conversation"])


async def asked(http: aiohttp.ClientSession, method: str, path: str, **options) -> tuple:
    async with http.request(method, f"/api/v1/conversations/{path}", **options) as response:
        return response.status, await response.json()


async def test_how_it_stands_can_be_seen_and_a_request_taken_back(http, people: People) -> None:
    first, talk = await begun(http), await begun(http)
    await people.asked(first)
    await people.asked(talk)
    seen = await asked(http, "GET", f"{talk}/handoff")
    gone = await asked(http, "DELETE", f"{talk}/handoff")
    again = await asked(http, "DELETE", f"{talk}/handoff")

    nobody = {"owner": "bot", "position": None, "wait_s": None, "agent": None, "back_at": None}
    assert seen == (200, nobody | {"owner": "queue", "position": 2})
    assert gone == again == (200, nobody)
    _, got = await asked(http, "GET", f"{talk}/messages")
    *_, promise, said = got["messages"]
    assert promise["choice"] == "bot_instead"
    assert said["text"].startswith("You are no longer in the queue")


async def test_what_a_person_said_has_their_name(http, people: People) -> None:
    talk = await begun(http)
    await people.agents.put(TENANT, Profile(id=ANN, name="Ann"))
    await people.talked(talk)

    _, got = await asked(http, "GET", f"{talk}/messages")

    assert {(one["author"], one["name"]) for one in got["messages"]} == {
        ("customer", None),
        ("bot", None),
        ("system", None),
        ("agent", "Ann"),
    }


async def test_what_a_person_has_cannot_be_taken_back(http, people: People) -> None:
    talk = await begun(http)
    handoff = await people.asked(talk)
    await people.taken(handoff.id)

    status, told = await asked(http, "DELETE", f"{talk}/handoff")

    assert (status, told["error"]["code"]) == (409, "person_here")
    assert (await asked(http, "GET", f"{talk}/handoff"))[1]["owner"] == "agent"


async def test_out_of_hours_it_is_told_when_people_are_back(http, people: People) -> None:
    talk = await begun(http)
    back_at = await people.closed_until(talk)

    _, told = await asked(http, "GET", f"{talk}/handoff")

    assert (told["owner"], told["back_at"]) == ("bot", back_at.isoformat().replace("+00:00", "Z"))


async def test_a_talk_is_rated_where_the_message_that_asks_says_and_the_last_one_stands(
    service: Service, http, people: People
) -> None:
    talk = await begun(http)
    await people.talked(talk)
    _, got = await asked(http, "GET", f"{talk}/messages")
    question = got["messages"][-1]
    path = f"{talk}/handoffs/{question['handoff']}/rating"

    up = await asked(http, "PUT", path, json={"thumb": "up"})
    down = {"thumb": "down", "reason": "other", "comment": "It took an hour."}
    await asked(http, "PUT", path, json=down)

    assert question["choice"] == "how_was_it"
    assert up == (200, {"handoff": question["handoff"], "thumb": "up"})
    async with service.database.as_service() as connection:
        rows = await connection.fetch("SELECT thumb, reason, comment FROM handoff_ratings")
    assert [tuple(row) for row in rows] == [("down", "other", "It took an hour.")]


@pytest.mark.parametrize("whose", ["a stranger's", "another conversation's", "unknown"])
async def test_nobody_else_rates_a_talk(http, people: People, whose: str) -> None:
    talk, other = await begun(http, customer={"id": "ann"}), await begun(http)
    handoff = await people.talked(talk)
    named = {"customer": {"id": "bo"}} if whose == "a stranger's" else {}
    place = other if whose == "another conversation's" else talk
    about = uuid4() if whose == "unknown" else handoff.id

    told = await asked(
        http, "PUT", f"{place}/handoffs/{about}/rating", json={"thumb": "up", **named}
    )

    assert (told[0], told[1]["error"]["code"]) == (404, "not_found")


async def test_a_visitors_talk_is_not_open_to_the_api(
    service: Service, http, people: People
) -> None:
    async with service.socket() as socket:
        talk = ConversationId((await hello(socket)).conversation)
    await people.asked(talk)

    assert (await asked(http, "DELETE", f"{talk}/handoff"))[0] == 404
