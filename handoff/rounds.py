"""The desk at work: round after round, for every tenant that has something there."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import structlog

from core.domain.errors import RetryableError
from core.domain.ids import TenantId
from core.ports import Clock
from core.postgres.bell import Ear
from core.postgres.failures import BROKEN
from handoff.errors import MoveRefused
from handoff.metrics import DeskMetrics
from handoff.plan import Planned, plan
from handoff.postgres.desks import PostgresDesks, Timed
from handoff.postgres.handoffs import PostgresHandoffs
from handoff.postgres.practices import PostgresPractices
from handoff.practice import Practice
from handoff.targets import running

_AT_ONCE = 4
"""Tenants; each takes two connections."""
_log = structlog.get_logger(__name__)


class Rounds:
    """Run it in a task; it ends after `stop`. Any number of processes may do so at a time."""

    def __init__(  # noqa: PLR0913 - its parts, each by name
        self,
        *,
        handoffs: PostgresHandoffs,
        desks: PostgresDesks,
        practices: PostgresPractices,
        clock: Clock,
        ear: Ear,
        metrics: DeskMetrics,
        poll_s: float = 0.5,
    ) -> None:
        """Join its parts.

        Args:
            handoffs: makes the moves.
            desks: finds what is to be done.
            practices: how each tenant's people work.
            clock: says what time it is.
            ear: wakes it when a handoff or an agent has changed; it is closed at the end.
            metrics: counts what is done.
            poll_s: it looks again after so long, whether it was woken or not.
        """
        self._handoffs = handoffs
        self._desks = desks
        self._practices = practices
        self._clock = clock
        self._ear = ear
        self._metrics = metrics
        self._poll_s = poll_s
        self._stopping = False

    async def run(self) -> None:
        """Serve everybody until `stop`."""
        try:
            while not self._stopping:
                self._ear.clear()
                await self._serve_all()
                await self._ear.wait(self._poll_s)
        finally:
            self._ear.close()

    def stop(self) -> None:
        """Begin to end. Twice is a no-op."""
        self._stopping = True
        self._ear.wake()

    async def serve(self, tenant: TenantId) -> Sequence[Planned]:
        """One round for one tenant: the moves that were made; none while another desk is at it."""
        async with self._desks.alone(tenant) as alone:
            if not alone:
                return ()
            practice = await self._practices.of(tenant)
            seen = await self._desks.look(tenant, practice.limits)
            planned = plan(seen.desk, practice, self._clock.now())
            made = [one for one in planned if await self._make(one)]
            for timed in seen.timed:
                await self._set_clocks(tenant, timed, practice)
            self._metrics.waits(tenant, seen.desk.handoffs, self._clock.now())
            return made

    async def _serve_all(self) -> None:
        try:
            tenants = await self._desks.tenants()
        except BROKEN as away:
            _wait_for_database(away)
            return
        self._metrics.only(tenants)
        room = asyncio.Semaphore(_AT_ONCE)
        async with asyncio.TaskGroup() as tasks:
            for tenant in tenants:
                tasks.create_task(self._serve_one(tenant, room))

    async def _serve_one(self, tenant: TenantId, room: asyncio.Semaphore) -> None:
        async with room:
            try:
                await self.serve(tenant)
            except (RetryableError, *BROKEN) as away:
                _wait_for_database(away)

    async def _make(self, planned: Planned) -> bool:
        """Whether it was still so when it came to it; else the next round sees how it is."""
        with suppress(MoveRefused):
            after = await self._handoffs.apply(planned.handoff, planned.move)
            if after is not None:
                self._metrics.moved(planned.move)
                return True
        return False

    async def _set_clocks(self, tenant: TenantId, timed: Timed, practice: Practice) -> None:
        clocks = [
            clock
            for clock in running(timed.facts, practice.targets, practice.hours)
            if clock.name not in timed.clocked
        ]
        for clock in clocks:
            await self._desks.set_clock(tenant, timed.handoff, clock)


def _wait_for_database(away: Exception) -> None:
    """The next round comes soon enough."""
    _log.warning("the desk waits for its database", error=type(away).__name__)
