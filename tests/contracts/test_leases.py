"""A lease is one holder's at a time, whatever becomes of holders."""

import asyncio

import pytest

from channels.leases import Leases
from channels.postgres.leases import LEASES, PostgresLeases
from core.domain.errors import StoreUnavailable
from core.postgres.database import Database

BACKENDS = {"postgres": {}, "postgres that is asked anew all the time": {"wait_s": 0.05}}
pytestmark = pytest.mark.parametrize("backend", BACKENDS)


@pytest.fixture
def leases(database: Database, backend: str) -> Leases:
    return PostgresLeases(database, check_s=0.05, **BACKENDS[backend])


async def kill_holders(database: Database) -> None:
    """End the sessions of all who hold one, as their death would."""
    async with database.as_service() as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks"
            " WHERE locktype = 'advisory' AND classid = $1 AND granted",
            LEASES,
        )


async def test_many_who_want_it_have_it_one_after_the_other(leases: Leases) -> None:
    holders, most, turns = 0, 0, 0

    async def want() -> None:
        nonlocal holders, most, turns
        for _ in range(5):
            async with leases.hold("poll"):
                holders, turns = holders + 1, turns + 1
                most = max(most, holders)
                await asyncio.sleep(0)
                holders -= 1

    await asyncio.gather(*(want() for _ in range(6)))

    assert (most, turns) == (1, 30)


async def test_another_name_is_another_lease(leases: Leases) -> None:
    async with leases.hold("one"), leases.hold("two") as held:
        assert not held.lost.is_set()


async def test_a_holder_that_dies_hears_of_it_and_the_next_one_has_it(
    leases: Leases, database: Database
) -> None:
    taken = asyncio.Event()

    async def wait() -> None:
        async with leases.hold("poll"):
            taken.set()

    async with leases.hold("poll") as held, asyncio.TaskGroup() as tasks:
        tasks.create_task(wait())
        await asyncio.sleep(0)
        assert not taken.is_set()
        await kill_holders(database)
        async with asyncio.timeout(20):
            await held.lost.wait()
            await taken.wait()


async def test_who_stops_waiting_holds_nobody_up(leases: Leases) -> None:
    async def wait() -> None:
        async with leases.hold("poll"):
            pytest.fail("it was held")

    async with leases.hold("poll"):
        waiting = asyncio.create_task(wait())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await asyncio.shield(waiting)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    async with asyncio.timeout(20), leases.hold("poll") as held:
        assert not held.lost.is_set()


async def test_a_database_that_is_away_can_be_asked_again(
    database: Database, backend: str
) -> None:
    database._dsn = "postgresql://nobody@127.0.0.1:9/none"

    with pytest.raises(StoreUnavailable):
        async with PostgresLeases(database, **BACKENDS[backend]).hold("poll"):
            pytest.fail("it was held")
