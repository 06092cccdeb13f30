"""Agents who take conversations over in the middle of everything, and give them back."""

import asyncio
import random
import uuid
from collections import defaultdict

import asyncpg

from core.postgres.failures import BROKEN
from core.postgres.queries import beside
from tests.chaos.history import Taken

_SQL = beside(__file__)
_AWAY = (*BROKEN, asyncpg.PostgresError)


class Agents:
    """Until it is over; afterwards the bot has all conversations again."""

    def __init__(self, dsn: str, dice: random.Random, gap_s: float) -> None:
        self.taken: defaultdict[str, list[Taken]] = defaultdict(list)
        self._dsn = dsn
        self._dice = dice
        self._gap_s = gap_s

    async def work(self, over: asyncio.Event) -> None:
        """Take one, keep it a little, give it back, take the next."""
        while not over.is_set():
            await asyncio.sleep(self._dice.uniform(0, 2 * self._gap_s))
            agent = uuid.UUID(int=self._dice.getrandbits(128))
            taken = await self._insist(_SQL.take, agent)
            if taken is None:
                continue
            await asyncio.sleep(self._dice.uniform(0.2, 2 * self._gap_s))
            back = await self._insist(_SQL.give_back, agent)
            if back is not None:
                self.taken[str(taken["id"])].append(Taken(taken["seq"], back["seq"]))

    async def _insist(self, statement: str, argument: object) -> asyncpg.Record | None:
        """Until the database has answered."""
        while True:
            try:
                connection = await asyncpg.connect(self._dsn, timeout=5)
                try:
                    return await connection.fetchrow(statement, argument, timeout=5)
                finally:
                    await connection.close(timeout=1)
            except _AWAY:
                await asyncio.sleep(0.2)
