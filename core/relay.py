"""Moves outbox rows to their topics, in order."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from core.attempt import Sleep
from core.clock import chance
from core.domain.errors import RetryableError, SetupError

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What one pass did."""

    rows: int
    more: bool
    """Whether another pass will probably find something at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What waits to be moved."""

    rows: int
    oldest_s: float
    """Age of the oldest row; 0 when there is none. The best single alarm there is."""


class Outbox(Protocol):
    """Rows in lanes; the rows of a conversation are in one lane."""

    async def move(self, per_lane: int) -> Moved:
        """Bring up to so many rows of each lane into the log, in each lane oldest first.

        Lanes that another relay has are left to it. A row that the log refuses holds up no other.
        One mover at a time.

        Raises:
            LogUnavailable: nothing is known to have moved; call again later.
            SetupError: the log refuses everything until an operator acts.
        """
        ...

    async def wait(self, timeout_s: float) -> None:
        """Until rows were added since the last `move` began, or the time is over."""
        ...

    def wake(self) -> None:
        """End a `wait` at once."""
        ...

    async def release(self) -> None:
        """Leave all lanes to other relays at once; a `move` takes some again. Twice is a no-op."""
        ...

    async def backlog(self) -> Backlog:
        """What waits now.

        Raises:
            LogUnavailable: it cannot be known.
        """
        ...


class Relay:
    """Run it in a task; it ends after `stop`, with a last pass, or at once when cancelled.

    There may be several, in one process or many.
    """

    def __init__(  # noqa: PLR0913 - its parts, each by name
        self,
        outbox: Outbox,
        *,
        per_lane: int = 100,
        sweep_s: float = 0.5,
        pace_s: float = 0.005,
        rest_s: tuple[float, ...] = (0.5, 1, 2, 5),
        sleep: Sleep = asyncio.sleep,
        chance: Callable[[], float] = chance,
    ) -> None:
        """Join its parts.

        Args:
            outbox: whose rows to move.
            per_lane: rows of a lane in one pass.
            sweep_s: between two looks, should every ring of the bell be lost.
            pace_s: after a pass that moved something, so that under load the next one finds more
                rows than one: a pass costs much the same for one row as for a hundred.
            rest_s: after the log did not answer once, twice and so on; the last one repeats.
            sleep: waits for that.
            chance: a number from 0 to 1, which takes up to half of a rest off, so that relays do
                not come back all at once.
        """
        self._outbox = outbox
        self._per_lane = per_lane
        self._sweep_s = sweep_s
        self._pace_s = pace_s
        self._rest_s = rest_s
        self._sleep = sleep
        self._chance = chance
        self._stopping = False
        self.moved = 0
        """Rows since the beginning."""
        self.failures = 0
        self._in_a_row = 0

    async def run(self) -> None:
        """Move rows until `stop`, then all that is left."""
        try:
            while not self._stopping:
                before = self.moved
                if await self._pass():
                    continue
                if self.moved > before and self._pace_s:
                    await self._sleep(self._pace_s)
                await self._outbox.wait(self._sweep_s)
            while await self._pass():
                pass
        finally:
            await self._outbox.release()

    def stop(self) -> None:
        """Begin to end. Twice is a no-op."""
        self._stopping = True
        self._outbox.wake()

    async def _pass(self) -> bool:
        """Move once; True when there is more."""
        try:
            moved = await self._outbox.move(self._per_lane)
        except (RetryableError, SetupError) as away:
            self.failures += 1
            self._in_a_row += 1
            _log.warning("relay cannot move", error=type(away).__name__, why=str(away))
            if not self._stopping:
                await self._sleep(self._rest())
            return False
        self._in_a_row = 0
        self.moved += moved.rows
        return moved.more

    def _rest(self) -> float:
        longest = self._rest_s[min(self._in_a_row, len(self._rest_s)) - 1]
        return longest * (1 - 0.5 * self._chance())
