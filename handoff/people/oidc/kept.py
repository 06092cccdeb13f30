"""What was asked for once and holds for a while; of many who want it at once one asks."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from core.ports import Clock
from handoff.people.oidc.refused import EntryRefused

_T = TypeVar("_T")
_REST_S = 5
"""After a failure the same failure is told for so long, without asking."""


class Kept(Generic[_T]):
    """The newest answer."""

    def __init__(self, ask: Callable[[], Awaitable[_T]], clock: Clock, good_s: float) -> None:
        self._ask = ask
        self._clock = clock
        self._good_s = good_s
        self._lock = asyncio.Lock()
        self._found: tuple[float, _T] | None = None
        self._failed: tuple[float, EntryRefused] | None = None

    async def get(self) -> _T:
        """What holds.

        Raises:
            EntryRefused: whatever asking raises.
        """
        return await self.newer_than(self._good_s)

    async def newer_than(self, age_s: float) -> _T:
        """What was found at most so long ago; raises what `get` does."""
        async with self._lock:
            now = self._clock.monotonic()
            if self._found is not None and now - self._found[0] < age_s:
                return self._found[1]
            if self._failed is not None and now - self._failed[0] < _REST_S:
                raise EntryRefused(self._failed[1].why, self._failed[1].detail)
            try:
                answer = await self._ask()
            except EntryRefused as failure:
                self._failed = (now, failure)
                raise
            self._found = (now, answer)
            return answer
