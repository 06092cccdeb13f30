"""Tells other desks what happened to handoffs: each at its own pace, until each event is taken.

Whoever is told answers with any status of success, and bears an event twice: a call whose end
nobody knows is made again under the same id. Of one handoff an event is told only when the ones
before it were taken.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog

from core.domain.errors import RetryableError, SetupError
from core.domain.ids import ConversationId, TenantId
from core.models.breaker import Breaker, State
from core.ports import Clock
from core.postgres.bell import Ear
from core.postgres.failures import BROKEN
from handoff.connectors.calling import Caller, Server
from handoff.connectors.contract import RemoteBusy, RemoteError, RemoteRefused, RemoteUnknown
from handoff.connectors.webhook import signatures
from handoff.events.body import body_of
from handoff.events.endpoint import Endpoint
from handoff.events.metrics import EventMetrics
from handoff.postgres.briefs import Brief
from handoff.postgres.endpoints import PostgresEndpoints
from handoff.postgres.events import Event, PostgresEvents

Briefing = Callable[[TenantId, ConversationId], Awaitable[Brief | None]]
"""What is known of a conversation; None where there is none any more."""
_AT_ONCE = 8
_LEASE_S = 60.0
_FIRST_S, _LONGEST_S = 5.0, 3600.0
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How patient it is."""

    poll_s: float = 1
    """Between two looks at what is due, where nothing wakes it."""
    timeout_s: float = 10
    """For which an endpoint may take its time."""
    tries: int = 40
    """After so many, about a day, an event is parked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TellingParts:
    """What it tells with."""

    events: PostgresEvents
    endpoints: PostgresEndpoints
    brief: Briefing
    caller: Caller
    clock: Clock
    chance: Callable[[], float]
    """From 0 to below 1, so that not all come again at once."""
    ear: Ear
    """Wakes it when a handoff moved; it is closed at the end."""
    metrics: EventMetrics
    pace: Pace = Pace()


class Telling:
    """Run it in a task; it ends after `stop`. Any number of processes may do so at a time."""

    def __init__(self, parts: TellingParts) -> None:
        self._parts = parts
        self._clock = parts.clock
        self._busy: dict[UUID, asyncio.Task[int]] = {}
        self._breakers: dict[UUID, Breaker] = {}
        self._stopping = False

    async def run(self) -> None:
        """Tell what is due until `stop`; what is under way is finished."""
        try:
            async with asyncio.TaskGroup() as tasks:
                while not self._stopping:
                    self._parts.ear.clear()
                    await self._begin(tasks)
                    await self._parts.ear.wait(self._parts.pace.poll_s)
        finally:
            self._parts.ear.close()

    def stop(self) -> None:
        """Begin to end. Twice is a no-op."""
        self._stopping = True
        self._parts.ear.wake()

    async def turn(self) -> int:
        """One round over all endpoints: how many events were tried."""
        async with asyncio.TaskGroup() as tasks:
            begun = await self._begin(tasks)
        return sum(task.result() for task in begun)

    async def _begin(self, tasks: asyncio.TaskGroup) -> list[asyncio.Task[int]]:
        """One task for each endpoint that something waits for, and that has none."""
        try:
            due = await self._parts.events.due()
        except (RetryableError, *BROKEN) as away:
            _wait_for_database(away)
            return []
        self._busy = {name: task for name, task in self._busy.items() if not task.done()}
        fresh = [endpoint for endpoint in due if endpoint not in self._busy]
        self._busy |= {one: tasks.create_task(self._serve(one)) for one in fresh}
        return [self._busy[one] for one in fresh]

    async def _serve(self, endpoint: UUID) -> int:
        """Tell an endpoint what is due there, until nothing is or it does not answer."""
        tried = 0
        breaker = self._breakers.setdefault(endpoint, Breaker())
        while not self._stopping and breaker.admits(self._clock.monotonic()):
            probing = breaker.state(self._clock.monotonic()) is State.HALF_OPEN
            try:
                events = await self._parts.events.claim(
                    endpoint, 1 if probing else _AT_ONCE, _LEASE_S
                )
            except (RetryableError, *BROKEN) as away:
                _wait_for_database(away)
                break
            if not events:
                break
            tried += len(events)
            async with asyncio.TaskGroup() as tasks:
                for one in events:
                    tasks.create_task(self._once(one, endpoint, breaker))
        return tried

    async def _once(self, event: Event, endpoint: UUID, breaker: Breaker) -> None:
        """One event; where the database is away meanwhile, it is due again with its lease."""
        try:
            await self._try(event, endpoint, breaker)
        except (RetryableError, *BROKEN) as away:
            _wait_for_database(away)

    async def _try(self, event: Event, endpoint: UUID, breaker: Breaker) -> None:
        """One event, once; however it ends, that is noted."""
        entered = breaker.enter(self._clock.monotonic())
        try:
            there = await self._parts.endpoints.one(endpoint)
            if there is not None:
                await self._tell(event, there)
        except RemoteBusy as busy:
            breaker.left(entered)
            until = self._clock.now() + timedelta(seconds=busy.retry_after_s)
            await self._parts.events.rest(endpoint, until)
            await self._failed(event, "busy", "it wants to be left alone", busy.retry_after_s)
        except (RemoteRefused, SetupError) as refused:
            breaker.left(entered)
            await self._failed(event, "refused", _why(refused))
        except (RemoteError, TimeoutError) as away:
            breaker.failed(entered, self._clock.monotonic())
            rest_s = away.retry_after_s if isinstance(away, RemoteUnknown) else 0
            await self._failed(event, "away", _why(away), rest_s)
        except (RetryableError, *BROKEN):
            breaker.left(entered)
            raise
        except Exception as failed:  # noqa: BLE001 - one event's fault must not stop the others
            breaker.left(entered)
            await self._failed(event, "failed", f"unexpected {type(failed).__name__}")
        else:
            breaker.succeeded(entered, self._clock.monotonic())

    async def _tell(self, event: Event, there: Endpoint) -> None:
        body = event.body or body_of(event, await self._brief(event))
        if event.body is None and not await self._parts.events.write(event, body):
            await self._parts.events.later(event, 0, "")
            return
        await self._parts.caller.tell(
            server_of(there, self._parts.pace.timeout_s),
            body,
            headers_of(event.id, there.secret, int(self._clock.now().timestamp()), body),
        )
        await self._parts.events.told(event)
        self._parts.metrics.called(event.kind, "told")

    async def _brief(self, event: Event) -> Brief | None:
        if event.kind != "handoff.requested":
            return None
        return await self._parts.brief(event.tenant, event.conversation)

    async def _failed(self, event: Event, outcome: str, trouble: str, rest_s: float = 0) -> None:
        self._parts.metrics.called(event.kind, outcome)
        fields = {"id": str(event.id), "tries": event.tries, "outcome": outcome}
        if event.tries >= self._parts.pace.tries:
            await self._parts.events.park(event, trouble)
            _log.error("a handoff event is parked", **fields)
            return
        _log.warning("a handoff event was not taken", **fields)
        wait_s = backoff_s(event.tries, self._parts.chance())
        await self._parts.events.later(event, max(wait_s, rest_s), trouble)


def _wait_for_database(away: Exception) -> None:
    _log.warning("handoff events wait for their database", error=type(away).__name__)


def _why(failed: Exception) -> str:
    """In the words of an endpoint, which is no tracker."""
    return str(failed).replace("The tracker", "It").replace("the tracker", "it")


def backoff_s(tries: int, chance: float) -> float:
    """How long to wait after so many tries: twice as long each time, and never all at once."""
    longest = min(_FIRST_S * 2.0 ** min(tries - 1, 16), _LONGEST_S)
    return longest * (0.5 + chance / 2)


def server_of(there: Endpoint, timeout_s: float) -> Server:
    """An endpoint, for the caller."""
    return Server(url=there.url, private=there.private, timeout_s=timeout_s)


def headers_of(event: UUID, secret: str, at: int, body: bytes) -> dict[str, str]:
    """What a call bears; `at` in seconds since 1970."""
    return {"Idempotency-Key": str(event), **signatures(secret, at, body)}
