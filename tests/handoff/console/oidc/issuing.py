"""The console's API with a company's sign-in beside it, and a browser that goes there and back."""

from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web
from pydantic import SecretStr
from yarl import URL

from core.clock import SystemClock, new_secret
from core.postgres.database import Database
from core.sealing import Seal, new_key
from handoff.console.guard import Guard
from handoff.console.oidc import OidcRoutes
from handoff.people.oidc.calls import Calls
from handoff.people.oidc.entry import Entry
from handoff.people.oidc.provider import Provider
from handoff.people.roles import Role
from handoff.postgres.audit import Notary
from handoff.postgres.failures import PostgresFailures
from handoff.postgres.flows import PostgresFlows
from handoff.postgres.people import PostgresPeople
from handoff.postgres.tokens import PostgresTokens
from handoff.settings import HandoffSettings, Issuer
from tests.builders import TENANT
from tests.fakes.clock import FakeClock
from tests.fakes.issuer import FakeIssuer
from tests.handoff.console.conftest import SEALING

HERE = "/console/api/oidc"
ME = "/console/api/me"
ROLES = {"support": Role.AGENT, "leads": Role.LEAD, "it": Role.ADMIN}


def settings_of(issuer: FakeIssuer, name: str = "acme", **more) -> Issuer:
    """As an operator writes them down."""
    said = {"role_claim": "groups", "roles": ROLES, "title": "Acme", **more}
    secret = SecretStr(issuer.client_secret)
    return Issuer(
        name=name, issuer=issuer.url, client_id=issuer.client_id, client_secret=secret, **said
    )


@dataclass
class Company:
    """A service whose people come in by issuers, and the clock that their keys grow old by."""

    database: Database
    people: PostgresPeople
    clock: FakeClock = field(default_factory=FakeClock)
    seal: Seal = field(default_factory=lambda: Seal([new_key()]))

    def add_to(self, app: web.Application, *issuers: Issuer, public_url: str = "") -> None:
        clock = SystemClock()
        tokens = PostgresTokens(self.database, clock, Notary(SEALING, clock))
        guard = Guard(people=self.people, tokens=tokens, settings=HandoffSettings())
        entry = Entry(
            providers=[Provider(one, self.clock, Calls(within_s=5)) for one in issuers],
            people=self.people,
            flows=PostgresFlows(self.database),
            seal=self.seal,
            clock=clock,
            new_secret=new_secret,
            default_tenant=TENANT,
        )
        failures = PostgresFailures(self.database)
        OidcRoutes(guard=guard, entry=entry, failures=failures, public_url=public_url).add_to(
            app.router
        )


async def step(browser: aiohttp.ClientSession, there: str | URL) -> str:
    """Go to an address; where it leads to."""
    async with browser.get(there, allow_redirects=False) as response:
        assert response.status in (302, 303), await response.text()
        return response.headers["Location"]


async def go(browser: aiohttp.ClientSession, name: str = "acme") -> URL:
    """Begin, and sign in at the issuer; the address it sends the browser back to."""
    there = await step(browser, f"{HERE}/{name}/begin")
    return URL(await step(browser, URL(there)))


async def come(browser: aiohttp.ClientSession, back: URL) -> str:
    """Come back; `in`, or why not."""
    there = await step(browser, back)
    page, _, why = there.partition("?why=")
    assert page in ("/console#/signed-in", "/console#/signed-out")
    assert bool(why) is (page == "/console#/signed-out")
    return why or "in"


async def sign_in(browser: aiohttp.ClientSession, name: str = "acme") -> str:
    """All of it; `in`, or why not."""
    return await come(browser, await go(browser, name))


async def me(browser: aiohttp.ClientSession) -> dict[str, Any] | None:
    async with browser.get(ME) as response:
        return await response.json() if response.status == 200 else None
