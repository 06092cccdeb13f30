"""The event log's backends, as fixtures: a place, and two processes in it."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from core.event_log import EventLog
from core.postgres.database import Database
from tests.contracts.logs import KafkaPlace, Place, PostgresPlace

BACKENDS = ["postgres", pytest.param("kafka", marks=pytest.mark.kafka)]


@pytest.fixture
async def postgres_place(dsn: str) -> AsyncIterator[Place]:
    async with await Database.connect(dsn, tenant_size=1, service_size=16) as writers:
        yield PostgresPlace(dsn, writers)


@pytest.fixture
async def kafka_place(kafka: str) -> AsyncIterator[Place]:
    place = KafkaPlace(kafka, f"{uuid4().hex[:8]}.")
    yield place
    await place.clear()


@pytest.fixture(params=BACKENDS)
def place(request: pytest.FixtureRequest) -> Place:
    found: Place = request.getfixturevalue(f"{request.param}_place")
    return found


@pytest.fixture
async def log(place: Place) -> AsyncIterator[EventLog]:
    async with place.process() as opened:
        yield opened


@pytest.fixture
async def other(place: Place) -> AsyncIterator[EventLog]:
    async with place.process() as opened:
        yield opened
