"""Which lanes of the outbox are this relay's: whole ones, by session locks, a fair share of all.

A lane is claimed for as long as the connection lives that claimed it, however many rows are
brought into the log meanwhile: no transaction is open while the log is waited for. When the
connection breaks, the server lets go of its locks, and others take the lanes over. A relay that is
connected and stands still is disconnected by the server after its lease.
"""

import asyncio
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any

from core.postgres.database import Connection, Database
from core.postgres.failures import BROKEN
from core.postgres.queries import beside

LANES = 7_306_024
"""Class of the advisory locks of lanes; the object is the lane's number."""
_RELAYS = 7_306_025
_ANSWER_S = 10.0
_CLOSE_S = 2.0
_SQL = beside(__file__)


def fair_share(lanes: int, held: Mapping[int, int], me: int) -> int:
    """How many lanes a relay should have; over all relays it adds up to all of them.

    Who has most may keep one more when it does not come out even, so that the fewest move.

    Args:
        lanes: how many there are.
        held: how many each relay has, by its number.
        me: the number of the one who asks.
    """
    share, rest = divmod(lanes, len(held))
    ranked = sorted(held, key=lambda relay: (-held[relay], relay))
    return share + (ranked.index(me) < rest)


class Claims:
    """One relay's lanes and the connection that holds them.

    Every method that waits raises what the database's absence raises (`BROKEN`), and then
    nothing is claimed any more. One task at a time.
    """

    def __init__(
        self, database: Database, lanes: int, *, check_s: float = 0.5, lease_s: float = 30
    ) -> None:
        """Not yet connected.

        Args:
            database: where the outbox is.
            lanes: how many there are.
            check_s: between two looks at what others have.
            lease_s: after so long without a word the server ends the connection.
        """
        self._database = database
        self._lanes = lanes
        self._check_s = check_s
        self._lease = f"{lease_s * 1000:.0f}ms"
        self._connection: Connection = None
        self._held: frozenset[int] = frozenset()
        self._look_at = 0.0
        self._short = False

    async def held(self) -> frozenset[int]:
        """The lanes that are this relay's at this moment.

        Now and then, and as long as there should be more of them, it looks what the others
        have: some are given back here when others have too few, and free ones are taken.
        """
        now = asyncio.get_running_loop().time()
        if self._connection is None or self._connection.is_closed():
            await self._connect()
        elif now < self._look_at and not self._short:
            return self._held
        self._look_at = now + self._check_s
        await self._share()
        return self._held

    async def ask(self, statement: str, *values: object) -> list[Any]:
        """Rows of a statement that is only good while the lanes are held."""
        try:
            async with asyncio.timeout(_ANSWER_S):
                rows: list[Any] = await self._connection.fetch(statement, *values)
        except BaseException:
            self.drop()
            raise
        return rows

    async def release(self) -> None:
        """Give everything back. Twice is a no-op."""
        connection, self._connection = self._connection, None
        self._held = frozenset()
        if connection is not None:
            try:
                with suppress(*BROKEN):
                    await connection.close(timeout=_CLOSE_S)
            finally:
                connection.terminate()

    def drop(self) -> None:
        """As `release`, at once and without a word: the connection may be of no use."""
        connection, self._connection = self._connection, None
        self._held = frozenset()
        if connection is not None:
            connection.terminate()

    async def _connect(self) -> None:
        self.drop()
        async with asyncio.timeout(_ANSWER_S):
            self._connection = await self._database.dedicated()
        await self.ask(_SQL.settle, _RELAYS, self._lease)

    async def _share(self) -> None:
        """Look at what everybody has, and come nearer to the fair share."""
        rows = await self.ask(_SQL.holdings, LANES, _RELAYS)
        me = self._connection.get_server_pid()
        owned = {row["pid"]: frozenset(row["lanes"]) for row in rows}
        self._held = owned[me]
        share = fair_share(self._lanes, {pid: len(lanes) for pid, lanes in owned.items()}, me)
        if len(self._held) > share:
            await self._give_back(sorted(self._held)[share:])
        free = set(range(self._lanes)).difference(*owned.values())
        if len(self._held) < share and free:
            await self._take(sorted(free)[: share - len(self._held)])
        self._short = len(self._held) < share

    async def _take(self, lanes: Collection[int]) -> None:
        rows = await self.ask(_SQL.take, LANES, lanes)
        self._held |= {row["lane"] for row in rows}

    async def _give_back(self, lanes: Collection[int]) -> None:
        self._held -= frozenset(lanes)
        await self.ask(_SQL.give_back, LANES, lanes)
