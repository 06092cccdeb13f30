"""Who may call a platform now: a bucket per rate-limited key, and the more urgent call first."""

import asyncio
from bisect import insort
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import count

from channels.limits import Bucket, Rate
from core.ports import Clock

Count = Callable[[str, "Priority"], None]
"""Told the kind of a limit, and how urgent the call was."""


class Priority(IntEnum):
    """How urgent a call is; the smallest first."""

    FINAL = 0
    """A stored message."""
    HANDOFF = 1
    """What agents see of a handoff."""
    FIRST_WORDS = 2
    """The beginning of an answer, or that somebody writes."""
    DELTA = 3
    """More of it; the next one will say it, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One allowance of a platform."""

    kind: str
    """The name of the rule, for counters: it names nobody."""
    key: str
    """What it is counted by: an account, a chat."""
    rate: Rate


@dataclass(slots=True)
class _Key:
    bucket: Bucket
    closed_until: float = float("-inf")

    def open_in(self, now: float) -> float:
        return max(self.closed_until - now, self.bucket.open_in(now), 0.0)


@dataclass(slots=True, order=True)
class _Call:
    priority: int
    number: int
    keys: list[_Key] = field(compare=False)
    granted: asyncio.Future[None] = field(compare=False)

    def open_in(self, now: float) -> float:
        return max((key.open_in(now) for key in self.keys), default=0.0)


class Pacer:
    """The allowances of one process; a platform's refusal closes the key it was for, alone.

    A call takes one of each of its keys together. One that must wait for a closed key holds back
    nobody who needs only its others.
    """

    def __init__(
        self,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        waits: Count = lambda kind, priority: None,
        *,
        max_keys: int = 50_000,
    ) -> None:
        """Measure time by `clock`, pass it by `sleep`; `waits` hears of every call that must."""
        self._clock = clock
        self._sleep = sleep
        self._waits = waits
        self._max_keys = max_keys
        self._keys: dict[tuple[str, str], _Key] = {}
        self._waiting: list[_Call] = []
        self._numbers = count()
        self._news = asyncio.Event()
        self._serving: asyncio.Task[None] | None = None

    async def turn(self, limits: Sequence[Limit], priority: Priority) -> None:
        """Return when the call may be made; of those who wait the most urgent goes first."""
        if self.free(limits, priority):
            return
        now = self._clock.monotonic()
        slowest = max(limits, key=lambda limit: self._key(limit, now).open_in(now))
        self._waits(slowest.kind, priority)
        granted = asyncio.get_running_loop().create_future()
        keys = [self._key(limit, now) for limit in limits]
        call = _Call(priority, next(self._numbers), keys, granted)
        insort(self._waiting, call)
        self._news.set()
        if self._serving is None:
            self._serving = asyncio.create_task(self._serve())
        try:
            await granted
        finally:
            if call in self._waiting:
                self._waiting.remove(call)

    def free(self, limits: Sequence[Limit], priority: Priority) -> bool:
        """Take one of each if that is possible now and nobody as urgent is about to."""
        now = self._clock.monotonic()
        keys = [self._key(limit, now) for limit in limits]
        if any(key.open_in(now) > 0 for key in keys) or self._is_wanted(keys, priority, now):
            return False
        for key in keys:
            key.bucket.take(now)
        return True

    def pause(self, limit: Limit, seconds: float) -> None:
        """The platform said so: nothing of this key for a while."""
        now = self._clock.monotonic()
        key = self._key(limit, now)
        key.closed_until = max(key.closed_until, now + seconds)

    def open_in(self, limits: Sequence[Limit]) -> float:
        """Seconds until a call could be made if nobody else made one."""
        now = self._clock.monotonic()
        return max((self._key(limit, now).open_in(now) for limit in limits), default=0.0)

    def _key(self, limit: Limit, now: float) -> _Key:
        name = (limit.kind, limit.key)
        found = self._keys.get(name)
        if found is None:
            if len(self._keys) >= self._max_keys:
                self._forget(now)
            found = self._keys[name] = _Key(Bucket(limit.rate, now))
        return found

    def _forget(self, now: float) -> None:
        """Keys that are as good as new: full, open, and wanted by nobody."""
        wanted = {id(key) for call in self._waiting for key in call.keys}
        for name, key in list(self._keys.items()):
            if id(key) not in wanted and key.closed_until <= now and key.bucket.full(now):
                del self._keys[name]

    def _is_wanted(self, keys: Sequence[_Key], priority: Priority, now: float) -> bool:
        """Whether somebody as urgent could take one of these now."""
        return any(
            call.priority <= priority
            and any(key in keys for key in call.keys)
            and call.open_in(now) == 0
            for call in self._waiting
        )

    async def _serve(self) -> None:
        """Grant what can be granted, for as long as somebody waits."""
        try:
            while self._waiting:
                self._news.clear()
                self._grant(self._clock.monotonic())
                if self._waiting:
                    await self._until_news()
        finally:
            self._serving = None

    def _grant(self, now: float) -> None:
        for call in list(self._waiting):
            if call.granted.done():
                self._waiting.remove(call)
            elif call.open_in(now) == 0:
                for key in call.keys:
                    key.bucket.take(now)
                call.granted.set_result(None)
                self._waiting.remove(call)

    async def _until_news(self) -> None:
        """Until the first key opens, or another call has come."""
        now = self._clock.monotonic()
        soonest = min(call.open_in(now) for call in self._waiting)
        resting = asyncio.ensure_future(self._sleep(max(soonest, 0.001)))
        heard = asyncio.ensure_future(self._news.wait())
        try:
            await asyncio.wait({resting, heard}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            resting.cancel()
            heard.cancel()
            await asyncio.gather(resting, heard, return_exceptions=True)
