"""Handles one record until it is done or put aside; never raises for what the handler does."""

import asyncio
import itertools
import traceback
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePath

import structlog

from core.clock import chance
from core.dead_letters import DeadLetter, DeadLetters, Failure
from core.domain.errors import DeliveryDelayed, RetryableError, SwitchboardError
from core.event_log import Record
from core.ports import Clock
from core.telemetry.traces import trace_of
from core.wire.envelope import traceparent_of

Handle = Callable[[Record], Awaitable[None]]
"""Does one record's work; done twice, it has its effect once.

Raises:
    RetryableError: it may work later.
    anything else: it will not; the record goes to the dead letters.
"""
Sleep = Callable[[float], Awaitable[None]]
Chance = Callable[[], float]
"""Gives a number from 0 to below 1."""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a record is tried."""

    retries_s: tuple[float, ...] = (1, 2, 5, 15)
    """Pauses between attempts; the last one repeats."""
    jitter: float = 0.5
    """The share of a pause that chance may take off, so that those who failed together do not
    come back together."""
    turn_s: float = 90
    """After so long it is put aside, for the sake of what waits behind it."""


@dataclass(slots=True)
class Outcomes:
    """Counts since the beginning."""

    handled: int = 0
    retried: int = 0
    refused: int = 0
    """Put aside at once."""
    parked: int = 0
    """Put aside when the turn's time was over."""


class Attempt:
    """Calls the handler, again where that may help, and keeps what cannot be handled."""

    def __init__(  # noqa: PLR0913 - its parts, each by name
        self,
        handle: Handle,
        dead_letters: DeadLetters,
        clock: Clock,
        *,
        patience: Patience,
        sleep: Sleep = asyncio.sleep,
        give_up: Handle | None = None,
        chance: Chance = chance,
    ) -> None:
        self._handle = handle
        self._dead_letters = dead_letters
        self._clock = clock
        self._patience = patience
        self._sleep = sleep
        self._give_up = give_up
        self._chance = chance
        self.outcomes = Outcomes()

    async def __call__(self, record: Record) -> None:
        """Handle the record, or put it aside; it returns when one of the two is done."""
        first_at, until = self._clock.now(), self._clock.monotonic() + self._patience.turn_s
        for attempt in itertools.count(1):
            error = await self._once(record, until - self._clock.monotonic())
            if error is None:
                self.outcomes.handled += 1
                return
            wait_s = self._pause(attempt, error)
            if wait_s is None or self._clock.monotonic() + wait_s >= until:
                failure = Failure(
                    error_class=type(error).__name__,
                    error=str(error) if isinstance(error, SwitchboardError) else "",
                    attempts=attempt,
                    first_at=first_at,
                    last_at=self._clock.now(),
                )
                self._tell(record, failure, error)
                await self._put_aside(record, failure)
                return
            self.outcomes.retried += 1
            rested = self._clock.monotonic()
            await self._sleep(wait_s)
            # what it lasted longer is the time until there was room again: none of the turn's
            until += max(self._clock.monotonic() - rested - wait_s, 0.0)

    def _pause(self, attempt: int, error: Exception) -> float | None:
        """Seconds until the next attempt; None when there should be none."""
        if not isinstance(error, RetryableError):
            return None
        asked = error.retry_after_s if isinstance(error, DeliveryDelayed) else 0.0
        return max(self._backoff(attempt), asked)

    def _backoff(self, attempt: int) -> float:
        retries = self._patience.retries_s
        longest = retries[min(attempt, len(retries)) - 1]
        return longest * (1 - self._patience.jitter * self._chance())

    async def _once(self, record: Record, left_s: float) -> Exception | None:
        limit = asyncio.timeout(left_s)
        try:
            async with limit:
                await self._handle(record)
        except TimeoutError as late:
            return TurnTookTooLong() if limit.expired() else late
        except Exception as error:  # noqa: BLE001 - it leads to the dead letters
            return error
        return None

    def _tell(self, record: Record, failure: Failure, error: Exception) -> None:
        if isinstance(error, RetryableError | TurnTookTooLong):
            self.outcomes.parked += 1
        else:
            self.outcomes.refused += 1
        _log.error(
            "record put aside",
            topic=record.partition.topic,
            partition=record.partition.number,
            offset=record.offset,
            error=failure.error_class,
            where=_where(error),
            attempts=failure.attempts,
            trace=trace_of(traceparent_of(record.value)),
        )

    async def _put_aside(self, record: Record, failure: Failure) -> None:
        letter = DeadLetter(record=record, failure=failure)
        await self._insist(lambda: self._dead_letters.put_aside(letter))
        if self._give_up is not None:
            give_up = self._give_up
            with suppress(Exception):
                await self._insist(lambda: give_up(record))

    async def _insist(self, call: Callable[[], Awaitable[None]]) -> None:
        """Call until it does not ask for another try, as often as it takes."""
        for attempt in itertools.count(1):
            try:
                await call()
            except RetryableError:
                await self._sleep(self._backoff(attempt))
            else:
                return


class TurnTookTooLong(SwitchboardError):
    """The record was not handled in its time."""


def _where(error: Exception) -> str:
    """The line that raised it: a traceback without anybody's words."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
