"""/readyz: each role says in a sentence what it needs and does not have."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from core.kafka.brokers import Brokers
from core.postgres.database import Database
from deploy.event_log import brokers_answer
from deploy.readiness import Readiness, schema_is_current


async def well() -> str | None:
    return None


async def away() -> str | None:
    return "It is away."


async def test_all_that_is_needed_must_be_there() -> None:
    readiness = Readiness(well)
    assert await readiness() is None

    readiness.add(away)

    assert await readiness() == "It is away."


async def test_who_stops_is_not_ready_whatever_is_there() -> None:
    readiness = Readiness(well)

    readiness.stopping = True

    assert await readiness() == "The service is stopping."


async def test_a_pending_migration_is_told(database: Database) -> None:
    check = schema_is_current(database)
    assert await check() is None

    async with database.as_service() as connection:
        await connection.execute("DELETE FROM schema_migrations WHERE number > 2")
        await connection.execute("CREATE TABLE another_schema ()")  # nobody else gets this one

    assert "migrations are pending" in (await check() or "")


@pytest.mark.slow
async def test_a_database_that_is_away_is_told_in_time(dsn: str) -> None:
    async with await Database.connect(dsn, tenant_size=1, service_size=1) as pools:
        check = schema_is_current(pools)
        async with pools.as_service():  # the only connection there is
            assert await check() == "The database cannot be reached."

        assert await check() is None


@pytest.fixture
async def silent() -> AsyncIterator[str]:
    """An address that takes connections and says nothing."""
    gone = asyncio.Event()

    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await gone.wait()
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    yield "{}:{}".format(*server.sockets[0].getsockname())
    gone.set()
    server.close()
    await server.wait_closed()


@pytest.mark.slow
@pytest.mark.kafka
async def test_one_broker_that_answers_is_enough(kafka: str, silent: str) -> None:
    assert await brokers_answer(Brokers(bootstrap=f"{silent},127.0.0.1:1,{kafka}")) is None


@pytest.mark.slow
async def test_no_broker_that_answers_is_told_in_time(silent: str) -> None:
    brokers = Brokers(bootstrap=f"127.0.0.1:1,{silent}")

    assert await brokers_answer(brokers) == "No broker answers."
