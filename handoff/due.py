"""Does what is due: tickets for requests that nobody took, and looks at targets."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

import structlog

from core.domain.errors import RefusedError, RetryableError
from core.domain.ids import HandoffId
from core.ports import Clock
from core.postgres.failures import BROKEN
from handoff.errors import HandoffNotFound
from handoff.metrics import DeskMetrics
from handoff.ports import TicketRequest, Tickets
from handoff.postgres.desks import TARGET, PostgresDesks
from handoff.postgres.handoffs import HANDOFFS, TICKET, PostgresHandoffs
from handoff.postgres.jobs import Job, PostgresJobs
from handoff.postgres.practices import PostgresPractices
from handoff.targets import Level, running

Handler = Callable[[Job], Awaitable[None]]
"""Does one job, perhaps for the second time; what it raises says whether to try again."""
_AT_ONCE = 20
_LEASE_S = 60.0
_TRIES = 12
_LONGEST_REST_S = 900.0
_log = structlog.get_logger(__name__)


class Due:
    """Run it in a task; it ends after `stop`. Any number of processes may do so at a time."""

    def __init__(
        self, jobs: PostgresJobs, handlers: Mapping[str, Handler], *, poll_s: float = 1
    ) -> None:
        """Join its parts; jobs of kinds that have no handler stay where they are."""
        self._jobs = jobs
        self._handlers = handlers
        self._poll_s = poll_s
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Do what is due until `stop`."""
        while not self._stopping.is_set():
            try:
                done = await self.turn()
            except (RetryableError, *BROKEN) as away:
                _log.warning("jobs wait for their database", error=type(away).__name__)
                done = 0
            if not done:
                await self._rest()

    def stop(self) -> None:
        """Begin to end. Twice is a no-op."""
        self._stopping.set()

    async def turn(self) -> int:
        """Do some of what is due: how many jobs were taken up."""
        jobs = await self._jobs.claim(_AT_ONCE, _LEASE_S, tuple(self._handlers))
        for job in jobs:
            await self._do(job)
        return len(jobs)

    async def _do(self, job: Job) -> None:
        try:
            async with asyncio.timeout(_LEASE_S / 2):
                await self._handlers[job.kind](job)
        except RefusedError as refused:
            _failed(job, refused)
            await self._jobs.stuck(job)
        except Exception as failed:  # noqa: BLE001 - one job's fault must not stop the others
            _failed(job, failed)
            if job.tries >= _TRIES:
                await self._jobs.stuck(job)
            else:
                await self._jobs.again(job, min(2.0**job.tries, _LONGEST_REST_S))
        else:
            await self._jobs.done(job)

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(self._poll_s):
                await self._stopping.wait()
        except TimeoutError:
            return


class TargetWatch:
    """Looks at a target when its time has run so far: marks it, unless it was met."""

    def __init__(
        self,
        *,
        desks: PostgresDesks,
        practices: PostgresPractices,
        clock: Clock,
        ring: Callable[[str], None],
        metrics: DeskMetrics,
    ) -> None:
        self._desks = desks
        self._practices = practices
        self._clock = clock
        self._ring = ring
        self._metrics = metrics

    async def __call__(self, job: Job) -> None:
        """Handle a job of the kind TARGET."""
        handoff, name, level = job.key.split("/")
        found = HandoffId(UUID(handoff))
        facts = await self._desks.facts(job.tenant, found)
        if facts is None:
            return
        practice = await self._practices.of(job.tenant)
        clocks = {each.name: each for each in running(facts, practice.targets, practice.hours)}
        clock = clocks.get(name)
        if clock is None or clock.at(Level(level)) > self._clock.now():
            return
        if await self._desks.mark(job.tenant, found, f"{name}.{level}"):
            self._metrics.target(clock.target, level)
            self._ring(HANDOFFS)


class TicketOpener:
    """Opens a ticket for a request that nobody took."""

    def __init__(self, handoffs: PostgresHandoffs, tickets: Tickets) -> None:
        self._handoffs = handoffs
        self._tickets = tickets

    async def __call__(self, job: Job) -> None:
        """Handle a job of the kind TICKET."""
        try:
            handoff = await self._handoffs.get(job.tenant, HandoffId(UUID(job.key)))
        except HandoffNotFound:  # erased with its conversation
            return
        await self._tickets.open(
            TicketRequest(
                tenant=handoff.tenant,
                handoff=handoff.id,
                conversation=handoff.conversation,
                reason=handoff.wants.reason,
                team=handoff.wants.team,
                language=handoff.wants.language,
                contact=handoff.contact,
            )
        )


def handlers(watch: TargetWatch, opener: TicketOpener | None) -> dict[str, Handler]:
    """Who does what; without tickets, those that are wanted wait until there are some."""
    return {TARGET: watch} if opener is None else {TARGET: watch, TICKET: opener}


def _failed(job: Job, error: Exception) -> None:
    _log.warning(
        "job failed", kind=job.kind, job=job.id, tries=job.tries, error=type(error).__name__
    )
