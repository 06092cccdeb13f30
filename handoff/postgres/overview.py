"""What a lead sees, in Postgres: the desk at this moment, and a day's requests in numbers."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, get_args
from uuid import UUID

import msgspec

from core.domain.ids import AgentId, HandoffId, TenantId
from core.ports import Clock
from core.postgres.database import Connection, Database
from core.postgres.queries import beside
from handoff.console.lead_views import (
    AgentNow,
    Asked,
    Behind,
    Day,
    OverviewView,
    RiskNow,
    Slice,
    TalkNow,
    Waiter,
)
from handoff.console.views import AgentView
from handoff.life import Active, Handoff, Offered, waits
from handoff.overview import UNASKED, risks
from handoff.postgres.attendance import PostgresAttendance
from handoff.postgres.practices import PostgresPractices
from handoff.postgres.rows import handoff_of
from handoff.practice import Practice
from handoff.queue import Place, Rate, places
from handoff.targets import Facts

_SQL = beside(__file__)
_NOWHERE = Place(position=0, wait_s=None)

After = tuple[datetime, UUID]
"""Where a page ends: behind this request."""


@dataclass(frozen=True, slots=True)
class _Open:
    """An open request, and its row."""

    handoff: Handoff
    row: Any


class PostgresOverview:
    """Reads, nothing else."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        practices: PostgresPractices,
        attendance: PostgresAttendance,
    ) -> None:
        self._database = database
        self._clock = clock
        self._practices = practices
        self._attendance = attendance

    async def now(self, tenant: TenantId) -> OverviewView:
        """The desk at this moment, with today's numbers."""
        practice, now = await self._practices.of(tenant), self._clock.now()
        agents = await self._attendance.everyone(tenant)
        since = now - timedelta(seconds=practice.limits.rate_s)
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.open, tenant)
            begun = await connection.fetchval(_SQL.begun, tenant, since)
            teams = await connection.fetch(_SQL.teams, tenant)
            today = await _day(connection, tenant, practice, now, None)
        open_ = [_Open(handoff_of(row), row) for row in rows]
        rate = Rate(begun=begun, over_s=practice.limits.rate_s)
        talks = _talks(open_)
        known = {agent.id for agent in agents}
        return OverviewView(
            at=now,
            waiting=_waiting(open_, practice, rate, now),
            agents=[_agent(one, talks[one.id], _offers(open_, one.id)) for one in agents],
            others=[talk for agent, has in talks.items() if agent not in known for talk in has],
            risks=_risks(open_, practice, now),
            teams=[row["team"] for row in teams],
            today=today,
        )

    async def behind(
        self, tenant: TenantId, wanted: Slice, day: date | None, after: After | None, limit: int
    ) -> tuple[Behind, After | None]:
        """The requests behind a number of a day, today without one; and where the page ends."""
        practice, now = await self._practices.of(tenant), self._clock.now()
        span = _span(practice, now, day)
        async with self._database.as_tenant(tenant) as connection:
            row = await connection.fetchrow(
                _SQL.day, tenant, *span, UNASKED, wanted, *(after or (None, None)), limit + 1
            )
        found = msgspec.json.decode(row["behind"], type=list[Asked])
        numbers = msgspec.json.decode(row["numbers"], type=dict[str, int])
        page = found[:limit]
        last = (page[-1].requested_at, page[-1].handoff) if len(found) > limit else None
        return Behind(n=numbers.get(wanted, 0), requests=page, next=None), last

    async def day(self, tenant: TenantId, day: date | None) -> Day:
        """A day's numbers; today's without one."""
        practice, now = await self._practices.of(tenant), self._clock.now()
        async with self._database.as_tenant(tenant) as connection:
            return await _day(connection, tenant, practice, now, day)


async def _day(
    connection: Connection, tenant: TenantId, practice: Practice, now: datetime, day: date | None
) -> Day:
    begins, ends = _span(practice, now, day)
    row = await connection.fetchrow(_SQL.day, tenant, begins, ends, UNASKED, None, None, None, 0)
    numbers = msgspec.json.decode(row["numbers"], type=dict[str, int])
    median_s, p95_s = row["waits"] or (None, None)
    return Day(
        day=begins.astimezone(practice.zone).date(),
        begins=begins,
        ends=ends,
        numbers={each: numbers.get(each, 0) for each in get_args(Slice)},
        median_s=median_s,
        p95_s=p95_s,
    )


def _span(practice: Practice, now: datetime, day: date | None) -> tuple[datetime, datetime]:
    """A day in the desk's zone, from midnight to midnight."""
    begins = day or now.astimezone(practice.zone).date()
    ends = begins + timedelta(days=1)
    return (
        datetime.combine(begins, time.min, practice.zone),
        datetime.combine(ends, time.min, practice.zone),
    )


def _waiting(
    open_: Sequence[_Open], practice: Practice, rate: Rate, now: datetime
) -> list[Waiter]:
    queue = [one.handoff for one in open_ if waits(one.handoff)]
    stands = places(queue, now, practice.rules.aging_s, rate)
    return [
        _waiter(one, stands.get(one.handoff.id, _NOWHERE))
        for one in open_
        if not isinstance(one.handoff.state, Active)
    ]


def _waiter(one: _Open, place: Place) -> Waiter:
    handoff, row = one.handoff, one.row
    offered = isinstance(handoff.state, Offered)
    return Waiter(
        conversation=handoff.conversation,
        customer=row["customer"],
        customer_name=row["customer_name"],
        channel=handoff.channel.value,
        language=handoff.wants.language,
        reason=handoff.wants.reason,
        team=handoff.wants.team,
        skills=sorted(handoff.wants.skills),
        priority=handoff.wants.priority,
        requested_at=handoff.requested_at,
        asked=row["agent_name"] if offered else None,
        until=row["until"],
        position=place.position or None,
        expected_s=place.wait_s,
    )


def _talks(open_: Sequence[_Open]) -> dict[UUID, list[TalkNow]]:
    """What agents talk in, the longest first."""
    found: dict[UUID, list[TalkNow]] = defaultdict(list)
    active = [one for one in open_ if isinstance(one.handoff.state, Active)]
    for one in sorted(active, key=lambda one: (one.row["taken_at"], one.handoff.id)):
        talk = TalkNow(
            conversation=one.handoff.conversation,
            customer=one.row["customer"],
            customer_name=one.row["customer_name"],
            channel=one.handoff.channel.value,
            since=one.row["taken_at"],
            snoozed=one.row["snoozed_until"] is not None,
        )
        found[one.row["agent"]].append(talk)
    return found


def _offers(open_: Sequence[_Open], agent: UUID) -> int:
    states = (one.handoff.state for one in open_)
    return sum(isinstance(state, Offered) and state.agent == AgentId(agent) for state in states)


def _agent(agent: AgentView, talks: list[TalkNow], offers: int) -> AgentNow:
    return AgentNow(
        id=agent.id,
        name=agent.name,
        presence=agent.presence,
        draining=agent.draining,
        capacity=agent.capacity,
        teams=agent.teams,
        languages=agent.languages,
        talks=talks,
        offers=offers,
    )


def _risks(open_: Sequence[_Open], practice: Practice, now: datetime) -> list[RiskNow]:
    rows = {one.handoff.id: one.row for one in open_}
    facts = [(HandoffId(name), _facts(row)) for name, row in rows.items()]
    return [
        RiskNow(
            conversation=rows[risk.handoff]["conversation"],
            customer=rows[risk.handoff]["customer"],
            customer_name=rows[risk.handoff]["customer_name"],
            channel=rows[risk.handoff]["channel"],
            agent=rows[risk.handoff]["agent_name"],
            target=risk.clock.target.value,
            level=risk.level.value,
            due_at=risk.clock.due_at,
        )
        for risk in risks(facts, practice, now)
    ]


def _facts(row: Any) -> Facts:
    asked = None if row["asked_seq"] is None else (row["asked_seq"], row["asked_at"])
    return Facts(
        requested_at=row["requested_at"], answered_at=row["answered_at"], unanswered=asked
    )
