"""Leases as session locks of Postgres: who holds one has a connection of its own for it.

It must reach Postgres itself, as `core.postgres.signals` says.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg

from channels.leases import Held, Leases
from core.domain.errors import StoreUnavailable
from core.postgres.database import Connection, Database
from core.postgres.failures import BROKEN
from core.postgres.queries import beside

LEASES = 7_306_026
"""Class of the advisory locks; the object is the hash of the lease's name."""
_CHECK_S = 2.0
_ANSWER_S = 5.0
_WAIT_S = 60.0
_SQL = beside(__file__)


class _Held(Held):
    def __init__(self) -> None:
        self._lost = asyncio.Event()

    @property
    def lost(self) -> asyncio.Event:
        return self._lost


class PostgresLeases(Leases):
    """Two names with the same hash share a lease: then one of them waits, and no more."""

    def __init__(
        self, database: Database, *, check_s: float = _CHECK_S, wait_s: float = _WAIT_S
    ) -> None:
        """Ask every `check_s` seconds whether the connection is still there.

        Who waits for a lease does so on another connection after `wait_s`: the server may have
        gone without a word.
        """
        self._database = database
        self._check_s = check_s
        self._wait_s = wait_s

    @asynccontextmanager
    async def hold(self, name: str) -> AsyncIterator[Held]:
        connection = await self._locked(name)
        held = _Held()
        connection.add_termination_listener(lambda _: held.lost.set())
        checking = asyncio.create_task(self._check(connection, held))
        try:
            yield held
        finally:
            checking.cancel()
            with suppress(asyncio.CancelledError):
                await checking
            await _end(connection)

    async def _locked(self, name: str) -> Connection:
        while True:
            try:
                connection = await self._database.dedicated()
            except (*BROKEN, asyncpg.PostgresError) as away:
                raise StoreUnavailable from away
            try:
                async with asyncio.timeout(self._wait_s):
                    await connection.execute(_SQL.alive)
                    await connection.execute(_SQL.take, LEASES, name)
            except TimeoutError:
                connection.terminate()
            except (*BROKEN, asyncpg.PostgresError) as away:
                connection.terminate()
                raise StoreUnavailable from away
            except BaseException:
                connection.terminate()
                raise
            else:
                return connection

    async def _check(self, connection: Connection, held: _Held) -> None:
        """End a connection that does not answer: a lease of which we do not know is not ours."""
        while not held.lost.is_set():
            await asyncio.sleep(self._check_s)
            try:
                async with asyncio.timeout(_ANSWER_S):
                    await connection.execute(_SQL.check)
            except (*BROKEN, asyncpg.PostgresError):
                held.lost.set()
                connection.terminate()


async def _end(connection: Connection) -> None:
    with suppress(*BROKEN):
        await connection.close(timeout=_ANSWER_S)
