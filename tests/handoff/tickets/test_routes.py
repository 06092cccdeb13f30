"""Tickets over HTTP, for programs with a token."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from core.clock import new_secret
from core.http.json import errors
from core.http.openapi import document
from core.models.prompt import Prompt
from core.tickets.draft import PROMPTS
from handoff.console.guard import Guard, permission_of, sealed
from handoff.people.account import Actor, NewToken
from handoff.people.roles import Permission
from handoff.postgres.audit import Notary
from handoff.postgres.links import PostgresLinks
from handoff.postgres.people import PostgresPeople
from handoff.postgres.tickets import PostgresTickets
from handoff.postgres.tokens import PostgresTokens
from handoff.settings import HandoffSettings
from handoff.tickets.opening import Opening
from handoff.tickets.routes import TicketRoutes
from tests.builders import TENANT
from tests.handoff.stage import Stage
from tests.handoff.tickets.kit import SEALING, tickets_of

PATH = "/console/api/tickets"
NEW = {"key": "order-7", "title": "The kettle leaks", "orders": ["AB-123456"], "customer": "cy"}
Call = Callable[..., Awaitable[tuple[int, Any]]]


@pytest.fixture
def tickets(stage: Stage) -> PostgresTickets:
    return tickets_of(stage)


@pytest.fixture
def app(stage: Stage, tickets: PostgresTickets) -> web.Application:
    notary = Notary(SEALING, stage.clock)
    people = PostgresPeople(stage.database, stage.clock, notary)
    tokens = PostgresTokens(stage.database, stage.clock, notary)
    made = web.Application(middlewares=[errors])
    TicketRoutes(
        guard=Guard(people=people, tokens=tokens, settings=HandoffSettings()),
        tickets=tickets,
        links=PostgresLinks(stage.database, stage.clock),
        opening=Opening(
            tickets=tickets,
            transcript=stage.conversations,
            model=None,
            prompt=Prompt.load("ticket", PROMPTS),
        ),
        clock=stage.clock,
    ).add_to(made.router)
    return made


@pytest.fixture
async def client(app: web.Application) -> AsyncIterator[TestClient[Any, Any]]:
    async with TestClient(TestServer(app)) as client:
        yield client


async def a_program(stage: Stage, client: TestClient[Any, Any], *scopes: Permission) -> Call:
    tokens, secret = (
        PostgresTokens(stage.database, stage.clock, Notary(SEALING, stage.clock)),
        new_secret(),
    )
    setup = Actor(tenant=TENANT, name="setup", may=frozenset(Permission))
    await tokens.make(setup, NewToken(name="crm", scopes=frozenset(scopes)), secret)
    headers = {"Authorization": f"Bearer {sealed(TENANT, secret)}"}

    async def call(method: str, path: str = "", body: Any = None) -> tuple[int, Any]:
        async with client.request(method, path, json=body, headers=headers) as response:
            return response.status, await response.json()

    return call


@pytest.fixture
async def call(stage: Stage, client: TestClient[Any, Any]) -> Call:
    return await a_program(stage, client, Permission.READ, Permission.TICKETS)


async def test_a_program_opens_a_ticket_once_per_key(call: Call) -> None:
    first, again = await call("POST", PATH, NEW), await call("POST", PATH, NEW)

    assert (first[0], again[0]) == (201, 201)
    assert first[1]["id"] == again[1]["id"]
    assert (first[1]["number"], first[1]["orders"]) == (1, ["AB-123456"])
    assert first[1]["opened_by"].startswith("token:")


async def test_a_ticket_is_changed_moved_talked_about_and_listed(call: Call) -> None:
    await call("POST", PATH, NEW)
    said = {"id": str(uuid4()), "text": "A lid was sent.", "public": True}

    changed = await call("PATCH", f"{PATH}/1", {"priority": "urgent"})
    spoken = await call("POST", f"{PATH}/1/comments", said)
    moved = await call("POST", f"{PATH}/1/state", {"state": "solved"})
    back = await call("POST", f"{PATH}/1/state", {"state": "new"})
    _, whole = await call("GET", f"{PATH}/1")
    _, solved = await call("GET", f"{PATH}?state=solved,closed")
    _, fresh = await call("GET", f"{PATH}?state=new")

    assert [one[0] for one in (changed, spoken, moved, back)] == [200, 200, 200, 409]
    assert (whole["ticket"]["priority"], whole["ticket"]["state"]) == ("urgent", "solved")
    assert [one["text"] for one in whole["comments"]] == ["A lid was sent."]
    assert [one["number"] for one in solved["tickets"]] == [1]
    assert fresh == {"tickets": [], "next": None, "searched": None}
    assert whole["moves"] == ["open", "pending", "closed"]


async def test_a_draft_comes_with_what_may_be_about_the_same(stage: Stage, call: Call) -> None:
    talk = await stage.a_conversation()
    await stage.customer_says(talk.id, "My kettle from order AB-123456 leaks at the lid.")
    path = f"/console/api/conversations/{talk.id}/ticket-draft"
    _, first = await call("GET", path)
    body = {**first["draft"], "key": "1", "conversation": str(talk.id)}
    await call("POST", PATH, body)

    _, second = await call("GET", path)
    newer = await call("POST", PATH, {**body, "key": "2"})
    linked = await call("POST", f"{PATH}/2/duplicate", {"of": 1})
    _, older = await call("GET", f"{PATH}/1")
    _, younger = await call("GET", f"{PATH}/2")

    assert first["likely"] == []
    assert [one["number"] for one in second["likely"]] == [1]
    assert (newer[0], linked[0], linked[1]["duplicate_of"] is not None) == (201, 200, True)
    assert [one["number"] for one in older["duplicates"]] == [2]
    assert younger["original"] == {"number": 1, "title": body["title"], "state": "new"}


async def test_pages_of_tickets_join_to_the_whole_list(call: Call) -> None:
    for number in range(7):
        await call("POST", PATH, {**NEW, "key": str(number)})

    for size in (1, 2, 3, 7, 8):
        found, below = [], ""
        while True:
            _, page = await call("GET", f"{PATH}?limit={size}{below}")
            found += [one["number"] for one in page["tickets"]]
            if page["next"] is None:
                break
            below = f"&below={page['next']}"
        assert found == [7, 6, 5, 4, 3, 2, 1], size


async def test_tickets_are_found_by_who_has_them_where_they_are_and_what_they_say(
    stage: Stage, call: Call
) -> None:
    ann = str(uuid4())
    await call("POST", PATH, {**NEW, "key": "a", "title": "Lid 100%_broken", "assignee": ann})
    await call("POST", PATH, {**NEW, "key": "b", "title": "A late parcel", "orders": ["ZZ-1"]})
    await call("POST", PATH, {**NEW, "key": "c", "title": "Nothing special", "orders": []})
    async with stage.database.as_service() as connection:
        await connection.execute(
            "INSERT INTO connectors (id, tenant, name, source, sealed)"
            " VALUES (gen_random_uuid(), 'default', 'jira', '', '')"
        )
        await connection.execute(
            "INSERT INTO ticket_links (id, tenant, ticket, connector, label, url)"
            " SELECT gen_random_uuid(), 'default', t.id, c.id, 'SHOP-12', 'https://jira/SHOP-12'"
            " FROM tickets AS t, connectors AS c WHERE t.number = 2"
        )

    async def found(**asked: object) -> list[int]:
        query = "&".join(f"{name}={quote(str(value))}" for name, value in asked.items())
        status, page = await call("GET", f"{PATH}?{query}")
        assert status == 200, page
        return [one["number"] for one in page["tickets"]]

    assert await found(assignee=ann) == [1]
    assert await found(assignee="none") == [3, 2]
    assert await found(connector="jira") == [2]
    assert await found(connector="zendesk") == []
    assert await found(search="100%_b") == [1]
    assert await found(search="#3") == [3]
    assert await found(search="shop-12") == [2]
    assert await found(search="zz-1", state="new,open") == [2]
    assert await found(search="nobody said this") == []
    _, page = await call("GET", f"{PATH}?search=parcel")
    assert page["searched"] == 3
    assert [one["label"] for one in page["tickets"][0]["places"]] == ["SHOP-12"]
    assert (await call("GET", "/console/api/trackers"))[1] == ["jira"]
    assert (await call("GET", f"{PATH}?assignee=bo"))[0] == 422


async def test_what_is_not_there_or_does_not_fit_is_one_sentence(call: Call) -> None:
    await call("POST", PATH, NEW)

    answers = [
        await call("GET", f"{PATH}/9"),
        await call("POST", PATH, {**NEW, "key": "x", "conversation": str(uuid4())}),
        await call("POST", PATH, {**NEW, "title": "two\nlines"}),
        await call("GET", f"{PATH}?state=gone"),
        await call("POST", f"{PATH}/1/trackers", {"connector": "nowhere"}),
    ]

    assert [status for status, _ in answers] == [404, 404, 422, 422, 409]
    assert all(body["error"]["message"].endswith(".") for _, body in answers)


async def test_who_may_only_read_changes_nothing(
    stage: Stage, client: TestClient[Any, Any], call: Call
) -> None:
    await call("POST", PATH, NEW)
    reader = await a_program(stage, client, Permission.READ)

    assert (await reader("GET", f"{PATH}/1"))[0] == 200
    assert (await reader("POST", f"{PATH}/1/state", {"state": "closed"}))[0] == 403
    assert (await client.get(PATH)).status == 401


def test_every_route_is_described_and_asks_for_a_permission(app: web.Application) -> None:
    routes = [route for route in app.router.routes() if route.method != "HEAD"]

    described = sum(len(methods) for methods in document(app, version="1")["paths"].values())
    assert described == len(routes) == 10
    assert {permission_of(route.handler) for route in routes} == {
        Permission.READ,
        Permission.TICKETS,
    }
