"""What the desk reads in Postgres, and the lock that lets one desk at a time serve a tenant."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.domain.ids import HandoffId, TenantId
from core.ports import Clock
from core.postgres.database import Connection, Database
from core.postgres.queries import beside
from handoff.life import Handoff, waits
from handoff.plan import Desk
from handoff.postgres.agents import PostgresAgents
from handoff.postgres.handoffs import HANDOFFS
from handoff.postgres.rows import handoff_of
from handoff.practice import Limits, Practice
from handoff.queue import Place, Rate, places
from handoff.targets import Clock as TargetClock
from handoff.targets import Facts, Level

TARGET = "target"
"""The job that looks at a target; its key is handoff, clock and level."""
_DESKS = 7_306_026
"""Class of the advisory locks of desks; the object is the hash of the tenant."""
_SQL = beside(__file__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """An open handoff, for its clocks."""

    handoff: HandoffId
    facts: Facts
    clocked: frozenset[str]
    """Clocks that were set before, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one look finds."""

    desk: Desk
    timed: tuple[Timed, ...]


class PostgresDesks:
    """Reads for rounds, and small writes beside the steps."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        agents: PostgresAgents,
        ring: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Join its parts; `ring` is told when a talk that was put away is back."""
        self._database = database
        self._clock = clock
        self._agents = agents
        self._ring = ring

    async def tenants(self) -> Sequence[TenantId]:
        """Those for whom something is to be done, or may be soon."""
        async with self._database.as_service() as connection:
            rows = await connection.fetch(_SQL.tenants)
        return [TenantId(row["tenant"]) for row in rows]

    @asynccontextmanager
    async def alone(self, tenant: TenantId) -> AsyncIterator[bool]:
        """Whether this desk has the tenant to itself until the end; False when another has."""
        async with self._database.as_tenant(tenant) as connection:
            if not await connection.fetchval(_SQL.alone, _DESKS, tenant):
                yield False
                return
            try:
                yield True
            finally:
                await _leave(connection, tenant)

    async def look(self, tenant: TenantId, limits: Limits) -> Seen:
        """What is open, who is there, and how fast talks begin.

        Promises that have no place in the queue get one first, and those that the conversation
        has gone on without are ended: after a step of an older version, or by hand. Talks that
        were put away are back when their time has come or the customer has written.
        """
        now = self._clock.now()
        async with self._database.as_tenant(tenant) as connection:
            await connection.execute(_SQL.forget, now)
            await connection.execute(_SQL.find, now)
            woken = await connection.fetch(_SQL.wake, now)
            rows = await connection.fetch(_SQL.open)
            rate = await self._rate(connection, limits)
        if woken:
            self._ring(HANDOFFS)
        desk = Desk(
            handoffs=[handoff_of(row, before=row["before"]) for row in rows],
            people=await self._agents.everyone(tenant),
            rate=rate,
        )
        return Seen(desk=desk, timed=tuple(_timed(row) for row in rows))

    async def open(self, tenant: TenantId) -> Sequence[Handoff]:
        """All open handoffs, oldest first."""
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.open)
        return [handoff_of(row, before=row["before"]) for row in rows]

    async def place(
        self, tenant: TenantId, handoff: HandoffId, practice: Practice
    ) -> Place | None:
        """Where a customer stands in the queue; None when an agent is asked, or has them."""
        return (await self.places(tenant, practice)).get(handoff)

    async def places(self, tenant: TenantId, practice: Practice) -> Mapping[HandoffId, Place]:
        """Where everybody stands who waits and whom nobody is asked to take."""
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.open)
            rate = await self._rate(connection, practice.limits)
        waiting = [one for row in rows if waits(one := handoff_of(row))]
        return places(waiting, self._clock.now(), practice.rules.aging_s, rate)

    async def _rate(self, connection: Connection, limits: Limits) -> Rate:
        since = self._clock.now() - timedelta(seconds=limits.rate_s)
        begun = await connection.fetchval(_SQL.begun, since)
        return Rate(begun=begun, over_s=limits.rate_s)

    async def set_clock(self, tenant: TenantId, handoff: HandoffId, clock: TargetClock) -> None:
        """Make a job for each level of this clock; a second time is a no-op."""
        async with self._database.as_tenant(tenant) as connection:
            await connection.execute(
                _SQL.clock,
                handoff,
                clock.name,
                [f"{handoff}/{clock.name}/{level}" for level in Level],
                [clock.at(level) for level in Level],
            )

    async def facts(self, tenant: TenantId, handoff: HandoffId) -> Facts | None:
        """What has happened in it; None when it is over."""
        async with self._database.as_tenant(tenant) as connection:
            row = await connection.fetchrow(_SQL.facts, handoff)
        return None if row is None else _facts(row)

    async def mark(self, tenant: TenantId, handoff: HandoffId, mark: str) -> bool:
        """Note that a target is near or missed; False when it was noted before."""
        async with self._database.as_tenant(tenant) as connection:
            return await connection.fetchval(_SQL.mark, handoff, mark) is not None


async def _leave(connection: Connection, tenant: TenantId) -> None:
    if not connection.is_closed():  # with a connection its locks are gone, too
        await connection.fetchval(_SQL.leave, _DESKS, tenant)


def _timed(row: Any) -> Timed:
    return Timed(
        handoff=HandoffId(row["id"]), facts=_facts(row), clocked=frozenset(row["clocked"])
    )


def _facts(row: Any) -> Facts:
    asked: tuple[int, datetime] | None = None
    if row["asked_seq"] is not None:
        asked = row["asked_seq"], row["asked_at"]
    return Facts(
        requested_at=row["requested_at"], answered_at=row["answered_at"], unanswered=asked
    )
