"""The console's API on a port, over a real store."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from core.clock import SystemClock, new_secret
from core.http.json import errors
from core.postgres.database import Database
from handoff.console.guard import Guard
from handoff.console.signing import SigningRoutes
from handoff.console.team import TeamRoutes
from handoff.people.account import Actor, Link, NewAccount
from handoff.people.audit import Sealing
from handoff.people.doors import Doors
from handoff.people.roles import Permission, Role
from handoff.postgres.audit import Notary, PostgresAuditLog
from handoff.postgres.failures import PostgresFailures
from handoff.postgres.people import PostgresPeople
from handoff.postgres.tokens import PostgresTokens
from handoff.settings import HandoffSettings
from tests.builders import TENANT
from tests.handoff.console.house import House

PASSWORD = "correct horse battery"
SETUP = Actor(tenant=TENANT, name="setup", may=frozenset(Permission))
SEALING = Sealing([b"key"])
SignedIn = Callable[[str, Role], Awaitable[aiohttp.ClientSession]]


@pytest.fixture
def people(database: Database) -> PostgresPeople:
    return PostgresPeople(database, SystemClock(), Notary(SEALING, SystemClock()))


@pytest.fixture
def doors(people: PostgresPeople, database: Database) -> Doors:
    return Doors(people=people, failures=PostgresFailures(database), new_secret=new_secret)


@pytest.fixture
def app(people: PostgresPeople, doors: Doors, database: Database) -> web.Application:
    clock = SystemClock()
    tokens = PostgresTokens(database, clock, Notary(SEALING, clock))
    guard = Guard(people=people, tokens=tokens, settings=HandoffSettings())
    made = web.Application(middlewares=[errors])
    SigningRoutes(guard=guard, doors=doors, tenant=TENANT).add_to(made.router)
    audit = PostgresAuditLog(database, SEALING)
    TeamRoutes(guard=guard, audit=audit, clock=clock, new_secret=new_secret).add_to(made.router)
    return made


@pytest.fixture
async def url(app: web.Application) -> AsyncIterator[str]:
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


@pytest.fixture
async def browser(url: str) -> AsyncIterator[Callable[[], aiohttp.ClientSession]]:
    """Makes browsers: they keep cookies, and say which page they are on."""
    opened: list[aiohttp.ClientSession] = []

    def open_one() -> aiohttp.ClientSession:
        # a browser takes 127.0.0.1 for as safe as https; this client needs to be told
        jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=url)
        opened.append(aiohttp.ClientSession(url, cookie_jar=jar, headers={"Origin": url}))
        return opened[-1]

    yield open_one
    for one in opened:
        await one.close()


@pytest.fixture
def signed_in(browser, people: PostgresPeople, doors: Doors) -> SignedIn:
    """Signs somebody new in, in a browser of their own."""

    async def sign_in(name: str, role: Role) -> aiohttp.ClientSession:
        email = f"{name.lower()}@example.com"
        new, link = NewAccount(email=email, name=name, role=role), new_secret()
        await people.add(SETUP, new, Link(link, timedelta(hours=1)))
        await doors.set_password(TENANT, link, email, PASSWORD)
        opened = browser()
        body = {"email": email, "password": PASSWORD}
        async with opened.post("/console/api/sign-in", json=body) as response:
            assert response.status == 200
        return opened

    return sign_in


@pytest.fixture
async def house(dsn: str) -> AsyncIterator[House]:
    """The whole gateway."""
    async with House.open(dsn) as opened:
        yield opened
