"""Signals and bells between processes, which here are two connections to one database."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg
import pytest

from core.postgres.bell import Bell
from core.postgres.database import Database
from core.postgres.signals import Signals

Process = tuple[Signals, Bell]


@asynccontextmanager
async def a_process(database: Database) -> AsyncIterator[Process]:
    signals = await Signals.open(database)
    bell = await Bell.open(signals)
    yield signals, bell
    await bell.close()
    await signals.close()


@pytest.fixture
async def pair(database: Database) -> AsyncIterator[tuple[Process, Process]]:
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(a_process(database))
        second = await stack.enter_async_context(a_process(database))
        async with asyncio.timeout(20):
            while first[0].alone:  # until it has heard the newcomer's greeting
                await asyncio.sleep(0.01)
        yield first, second


async def cut(database: Database) -> None:
    """Break the connections of all signals, as a restart of the server does."""
    async with database.as_service() as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks"
            " WHERE locktype = 'advisory' AND classid = 7306022 AND pid <> pg_backend_pid()"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await condition():
            await asyncio.sleep(0.01)


async def test_a_ring_wakes_who_waits_in_the_same_process_without_the_database(
    pair: tuple[Process, Process],
) -> None:
    (_, bell), _ = pair
    ear, deaf = bell.ear("inbound"), bell.ear("events")
    waiting = [asyncio.create_task(each.wait(30)) for each in (ear, deaf)]
    await asyncio.sleep(0)

    bell.ring("inbound")
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert [task.done() for task in waiting] == [True, False]
    waiting[1].cancel()


async def test_a_ring_wakes_who_waits_in_another_process(pair: tuple[Process, Process]) -> None:
    (_, bell), (_, other) = pair
    ear = other.ear("inbound")

    bell.ring("inbound")

    async with asyncio.timeout(20):
        await ear.wait(30)


async def test_many_rings_are_few_notifications(pair: tuple[Process, Process], dsn: str) -> None:
    (_, bell), (_, other) = pair
    heard: list[str] = []
    listener = await asyncpg.connect(dsn)
    await listener.add_listener("switchboard_bell", lambda *said: heard.append(said[3]))
    ear = other.ear("last")

    for n in range(1_000):
        bell.ring(f"topic-{n % 5}")
    bell.ring("last")
    async with asyncio.timeout(20):
        await ear.wait(30)
        while not heard:
            await listener.execute("SELECT 1")

    assert len(heard) == 1
    assert sorted(heard[0].split(",")) == ["last", *(f"topic-{n}" for n in range(5))]
    await listener.close()


async def test_a_process_alone_notifies_nobody_until_another_comes(database: Database) -> None:
    async with a_process(database) as (signals, bell):
        assert signals.alone

        async with a_process(database) as (_, other):
            ear = other.ear("inbound")
            async with asyncio.timeout(20):
                while signals.alone:
                    await asyncio.sleep(0.001)
            bell.ring("inbound")
            async with asyncio.timeout(20):
                await ear.wait(30)


async def test_a_ring_before_the_wait_is_not_lost(pair: tuple[Process, Process]) -> None:
    (_, bell), _ = pair
    ear = bell.ear("inbound")
    ear.clear()

    bell.ring("inbound")

    async with asyncio.timeout(1):
        await ear.wait(30)


async def test_after_a_broken_connection_all_is_as_before(
    pair: tuple[Process, Process], database: Database
) -> None:
    (signals, bell), (_, other) = pair
    cuts: list[str] = []
    signals.on_cut(lambda: cuts.append("cut"))
    signals.on_back(lambda: cuts.append("back"))
    ear = other.ear("inbound")

    await cut(database)

    async def heard() -> bool:
        ear.clear()
        bell.ring("inbound")
        await ear.wait(0.1)
        return cuts == ["cut", "back"] and ear._rung.is_set()

    await until(heard)


async def test_a_lock_is_gone_with_its_connection(
    pair: tuple[Process, Process], database: Database
) -> None:
    (signals, _), _ = pair
    number = await signals.lock()

    async def free() -> bool:
        async with database.as_service() as connection, connection.transaction():
            taken: bool = await connection.fetchval(
                "SELECT pg_try_advisory_xact_lock(7306021, $1)", number
            )
        return taken

    assert not await free()
    await cut(database)
    await until(free)


async def test_closing_twice_is_a_no_op(database: Database) -> None:
    signals = await Signals.open(database)
    bell = await Bell.open(signals)

    for _ in range(2):
        await bell.close()
        await signals.close()
