"""A model that the router may ask, and how it fares."""

import asyncio
import math
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from core.domain.errors import (
    ModelBusy,
    ModelNotServed,
    ModelUnavailable,
    PromptRefused,
    PromptTooLong,
)
from core.models.breaker import Breaker
from core.models.ports import LanguageModel

_NOT_SERVED_S = 300.0
_AT_ONCE = 64
"""Where neither the operator nor the server says."""
_BELOW = 0.9
"""Of what a server says, for it has others to serve, too."""
_REST_S, _LONGEST_REST_S = 1.0, 30.0
_SPREAD = 0.25
"""Of a rest that the server names: so much more by chance, so that not all come back at once."""

Chance = Callable[[], float]
"""Gives a number from 0 to below 1."""
Now = Callable[[], float]
"""Seconds since some moment."""


class Role(StrEnum):
    """When a target is asked: first, when no main one can, when no backup can either."""

    MAIN = "main"
    BACKUP = "backup"
    LIGHT = "light"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A model with its place among others."""

    name: str
    """For the operator, in metrics and logs."""
    model: LanguageModel
    role: Role = Role.MAIN
    weight: float = 1.0
    """Its share among those of its role; 0 only when those cannot."""
    at_once: int | None = None
    """Answers it writes at the same time at most; None takes what its server says."""


class Observer(Protocol):
    """Hears how targets fare, for metrics."""

    def attempted(self, target: str) -> None:
        """It was asked."""
        ...

    def began(self, target: str, seconds: float) -> None:
        """Its first token came after so long."""
        ...

    def wrote(self, target: str, tokens: int) -> None:
        """It wrote a whole answer."""
        ...

    def failed(self, target: str, kind: str) -> None:
        """It did not; `kind` is one of `kind_of`."""
        ...


class Seat:
    """A target in use: its breaker, its rest, its room."""

    def __init__(self, target: Target, chance: Chance, now: Now) -> None:
        self.target = target
        self.breaker = Breaker()
        self._taken = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._chance = chance
        self._now = now
        self._rests_until = -math.inf
        self._rests = 0

    @property
    def is_fit(self) -> bool:
        """Whether it may be asked now, if it has room."""
        now = self._now()
        return now >= self._rests_until and self.breaker.admits(now)

    @property
    def limit(self) -> int:
        """Answers it writes at the same time; may change when its server says who it is."""
        if self.target.at_once is not None:
            return self.target.at_once
        said = self.target.model.at_once
        return _AT_ONCE if said is None else max(1, int(_BELOW * said))

    @property
    def is_full(self) -> bool:
        """Whether whoever comes now would wait."""
        return self._taken >= self.limit or bool(self._waiting)

    @asynccontextmanager
    async def taken(self, until: float) -> AsyncIterator[None]:
        """Hold a place while it writes; how the block ends is how the target fares.

        Waits for room till then, by the event loop's time. What ends the block from outside, such
        as a cancelled turn, says nothing of the target.

        Raises:
            ModelBusy: there was no room.
        """
        async with self._room(until):
            entered = self.breaker.enter(self._now())
            try:
                yield
                self.breaker.succeeded(entered, self._now())
                self._rests = 0
            except ModelBusy as busy:
                self.rest(busy.retry_after_s)
                raise
            except ModelNotServed:
                self.breaker.open_until(self._now() + _NOT_SERVED_S)
                raise
            except ModelUnavailable:
                self.breaker.failed(entered, self._now())
                raise
            finally:
                self.breaker.left(entered)

    @asynccontextmanager
    async def _room(self, until: float) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout_at(until):
                await self._enter()
        except TimeoutError as full:
            raise ModelBusy from full
        try:
            if not self.is_fit:  # it has failed while we waited
                raise ModelBusy
            yield
        finally:
            self._taken -= 1
            self._wake()

    async def _enter(self) -> None:
        """Take a place, in the order of coming."""
        if self.is_full:
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._taken -= 1  # the place came too late
                self._wake()
                raise
        else:
            self._taken += 1

    def _wake(self) -> None:
        """Give free places to those who wait."""
        while self._waiting and (self._waiting[0].done() or self._taken < self.limit):
            turn = self._waiting.popleft()
            if not turn.done():
                self._taken += 1
                turn.set_result(None)

    def rest(self, asked_s: float | None = None) -> None:
        """Leave it alone for as long as it asked, or else longer each time, up to 30 seconds."""
        self._rests += 1
        if asked_s is not None:
            rest_s = asked_s * (1 + _SPREAD * self._chance())
        else:
            longest = min(_REST_S * 2.0 ** min(self._rests, 10), _LONGEST_REST_S)
            rest_s = longest * (1 - 0.5 * self._chance())
        self._rests_until = max(self._rests_until, self._now() + rest_s)


def in_order(
    seats: Sequence[Seat], chance: Chance, roles: Sequence[Role] = tuple(Role)
) -> list[Seat]:
    """By role, and within a role by chance and weight.

    Source: Efraimidis and Spirakis, Weighted random sampling with a reservoir (2006).
    """

    def place(seat: Seat) -> tuple[int, float]:
        late = -math.log(1 - chance())
        weight = seat.target.weight
        return roles.index(seat.target.role), late / weight if weight else math.inf

    return sorted(seats, key=place)


def kind_of(error: Exception) -> str:
    """The failure in a word, for a metric's label."""
    match error:
        case ModelBusy():
            return "busy"
        case ModelNotServed():
            return "not_served"
        case PromptTooLong():
            return "too_long"
        case PromptRefused():
            return "refused"
        case ModelUnavailable(__cause__=TimeoutError()):
            return "late"
        case _:
            return "failed"
