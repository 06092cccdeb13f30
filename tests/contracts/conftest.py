"""The event log's backends, as fixtures: a place, and two processes in it."""

from collections.abc import AsyncIterator

import pytest

from core.ports import EventLog
from core.postgres.database import Database
from tests.contracts.logs import Place, PostgresPlace

BACKENDS = ["postgres"]


@pytest.fixture(params=BACKENDS)
async def place(request: pytest.FixtureRequest, dsn: str) -> AsyncIterator[Place]:
    async with await Database.connect(dsn, tenant_size=1, service_size=16) as writers:
        yield {"postgres": PostgresPlace}[request.param](dsn, writers)


@pytest.fixture
async def log(place: Place) -> AsyncIterator[EventLog]:
    async with place.process() as opened:
        yield opened


@pytest.fixture
async def other(place: Place) -> AsyncIterator[EventLog]:
    async with place.process() as opened:
        yield opened
