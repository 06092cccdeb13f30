"""The one connection of a process that LISTENs, NOTIFYs and holds session locks.

It must reach Postgres itself: LISTEN and session locks do not survive pgbouncer's transaction
pooling.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Self

import asyncpg
import structlog

from core.postgres.database import Connection, Database
from core.postgres.failures import BROKEN
from core.postgres.queries import beside

MEMBERS = 7_306_021
"""Class of the advisory locks of log members; the object is the member's number."""
_PROCESSES = 7_306_022
_HELLO = "switchboard_hello"
_CHECK_S = 2.0
_ANSWER_S = 5.0
_SQL = beside(__file__)
_log = structlog.get_logger(__name__)


class Signals:
    """Hear and tell other processes, and prove to them that this one is alive.

    Opens its connection again when it breaks. A broken connection has let go of its locks and
    missed what was said meanwhile: `on_cut` and `on_back` tell those concerned.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Connection = None
        self._ears: dict[str, list[Callable[[str], None]]] = {}
        self._cut: list[Callable[[], None]] = []
        self._back: list[Callable[[], None]] = []
        self._one = asyncio.Lock()
        self._broken = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self.alone = False
        """True when no other process listens, so that telling can be spared."""

    @classmethod
    async def open(cls, database: Database) -> Self:
        """Connect, and keep it so until `close`."""
        signals = cls(database)
        await signals._connect()
        signals._keeper = asyncio.create_task(signals._keep())
        return signals

    async def close(self) -> None:
        """Let go of the connection and everything it held. Twice is a no-op."""
        keeper, self._keeper = self._keeper, None
        if keeper is None:
            return
        keeper.cancel()
        with suppress(asyncio.CancelledError):
            await keeper
        self._cut.clear()
        with suppress(*BROKEN):
            await self._connection.close(timeout=_ANSWER_S)

    def on_cut(self, call: Callable[[], None]) -> Callable[[], None]:
        """Call this at once when the connection breaks; the result takes the wish back."""
        self._cut.append(call)
        return lambda: self._cut.remove(call) if call in self._cut else None

    def on_back(self, call: Callable[[], None]) -> None:
        """Call this when a broken connection works again."""
        self._back.append(call)

    async def hear(self, channel: str, call: Callable[[str], None]) -> None:
        """Call this with each payload that another process sends on the channel."""
        self._ears.setdefault(channel, []).append(call)
        if len(self._ears[channel]) == 1:
            async with self._one:
                await self._connection.add_listener(channel, self._heard)

    async def notify(self, channel: str, payloads: Sequence[str]) -> None:
        """Send to all other processes; each payload below 8,000 bytes.

        Raises:
            any of BROKEN: they did not hear it.
        """
        try:
            async with self._one, asyncio.timeout(_ANSWER_S):
                await self._connection.execute(_SQL.notify, channel, payloads)
        except asyncpg.PostgresError as refused:  # the queue of notifications may be full
            raise ConnectionError("not notified") from refused

    async def lock(self) -> int:
        """A fresh number whose lock (class MEMBERS) this connection holds.

        Raises:
            any of BROKEN: no lock is held.
        """
        async with self._one, asyncio.timeout(_ANSWER_S):
            number: int = await self._connection.fetchval(_SQL.number, MEMBERS)
        return number

    async def unlock(self, number: int) -> None:
        """Give a number's lock back; a broken connection has done so already."""
        with suppress(*BROKEN):
            async with self._one, asyncio.timeout(_ANSWER_S):
                await self._connection.execute(_SQL.unlock, MEMBERS, number)

    async def _connect(self) -> None:
        connection = await self._database.dedicated()
        try:
            await connection.add_listener(_HELLO, self._greeted)
            for channel in self._ears:
                await connection.add_listener(channel, self._heard)
            await connection.execute(_SQL.presence, _PROCESSES)
            self.alone = await connection.fetchval(_SQL.processes, _PROCESSES) == 1
            await connection.execute(_SQL.notify, _HELLO, [""])
        except BaseException:
            connection.terminate()
            raise
        self._connection = connection
        self._broken.clear()
        connection.add_termination_listener(self._terminated)

    async def _keep(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_CHECK_S):
                    await self._broken.wait()
            if self._broken.is_set():
                await self._connect_again()
            else:
                await self._check()

    async def _check(self) -> None:
        try:
            async with self._one, asyncio.timeout(_ANSWER_S):
                count = await self._connection.fetchval(_SQL.processes, _PROCESSES)
            self.alone = count == 1
        except (*BROKEN, asyncpg.PostgresError):
            self._connection.terminate()

    async def _connect_again(self) -> None:
        wait_s = 0.05
        while self._broken.is_set():
            try:
                async with self._one, asyncio.timeout(_ANSWER_S):
                    await self._connect()
            except (*BROKEN, asyncpg.PostgresError) as away:
                _log.warning("signals are down", error=type(away).__name__)
                await asyncio.sleep(wait_s)
                wait_s = min(wait_s * 2, 1.0)
        for call in tuple(self._back):
            call()

    def _heard(self, connection: Any, sender: int, channel: str, payload: str) -> None:
        if sender == connection.get_server_pid():
            return
        self.alone = False
        for call in self._ears.get(channel, ()):
            call(payload)

    def _greeted(self, connection: Any, sender: int, _channel: str, _payload: str) -> None:
        if sender != connection.get_server_pid():
            self.alone = False

    def _terminated(self, _connection: Any) -> None:
        self._broken.set()
        for call in tuple(self._cut):
            call()
