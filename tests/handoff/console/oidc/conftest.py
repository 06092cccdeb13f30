"""A company's sign-in beside the console, and another one of somebody else."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from core.postgres.database import Database
from handoff.postgres.people import PostgresPeople
from tests.fakes.issuer import FakeIssuer
from tests.handoff.console.oidc.issuing import HERE, Company, settings_of


@pytest.fixture
def algorithm() -> str:
    return "RS256"


@pytest.fixture
async def issuer(algorithm: str) -> AsyncIterator[FakeIssuer]:
    async with FakeIssuer(algorithm=algorithm).open() as opened:
        yield opened


@pytest.fixture
async def other() -> AsyncIterator[FakeIssuer]:
    """An issuer of the same service that somebody else runs."""
    async with FakeIssuer(algorithm="ES256").open() as opened:
        yield opened


@pytest.fixture
def company(database: Database, people: PostgresPeople) -> Company:
    return Company(database, people)


@pytest.fixture
def app(app: web.Application, company: Company, issuer, other) -> web.Application:
    company.add_to(
        app,
        settings_of(issuer),
        settings_of(issuer, "heir", takes_over=True, email_domains=("example.com",)),
        settings_of(other, "other", tenant="elsewhere"),
    )
    return app


@pytest.fixture
async def url(url: str, issuer: FakeIssuer, other: FakeIssuer, database: Database) -> str:
    async with database.as_service() as connection:
        await connection.execute("INSERT INTO tenants (id, name) VALUES ('elsewhere', 'Other')")
    issuer.backs |= {f"{url}{HERE}/{name}/callback" for name in ("acme", "heir")}
    other.backs.add(f"{url}{HERE}/other/callback")
    return url
