"""Who is at the console, in Postgres: an open page is a sign of life."""

from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any

from core.domain.ids import AgentId, TenantId
from core.ports import Clock
from core.postgres.database import Database
from core.postgres.queries import beside
from handoff.console.views import AgentView
from handoff.errors import AgentNotFound
from handoff.people.account import Account, Actor
from handoff.people.audit import Act
from handoff.postgres.audit import Notary
from handoff.postgres.practices import PostgresPractices

ATTENDANCE = "attendance"
"""Rung when somebody comes, or says that they want to be asked, or do not."""
_SQL = beside(__file__)


class PostgresAttendance:
    """Signs of life, wishes about being asked, and what everybody has."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        notary: Notary,
        ring: Callable[[str], None],
        *,
        practices: PostgresPractices,
    ) -> None:
        self._database = database
        self._clock = clock
        self._notary = notary
        self._ring = ring
        self._practices = practices

    async def enter(self, account: Account) -> None:
        """Somebody has opened the console; the desk knows them from now on."""
        async with self._database.as_tenant(account.tenant) as connection:
            await connection.execute(
                _SQL.enter, account.tenant, account.id, account.name, self._clock.now()
            )
        self._ring(ATTENDANCE)

    async def seen(self, tenant: TenantId, agents: Collection[AgentId]) -> None:
        """They are still there."""
        async with self._database.as_tenant(tenant) as connection:
            await connection.execute(_SQL.seen, tenant, list(agents), self._clock.now())

    async def set(
        self, actor: Actor, agent: AgentId, *, away: bool | None, draining: bool | None
    ) -> None:
        """Whether they want to be asked, and whether they get anything new; None leaves it.

        Raises:
            AgentNotFound: they have never opened the console.
        """
        async with (
            self._database.as_tenant(actor.tenant) as connection,
            connection.transaction(),
        ):
            found = await connection.fetchval(_SQL.set, actor.tenant, agent, away, draining)
            if found is None:
                raise AgentNotFound
            detail = {"away": away, "draining": draining}
            act = Act(act="agent.presence", object=f"person:{agent}", detail=detail)
            await self._notary.note(connection, actor, act)
        self._ring(ATTENDANCE)

    async def everyone(self, tenant: TenantId) -> list[AgentView]:
        """The agents by name, as they are at this moment."""
        practice = await self._practices.of(tenant)
        offline = timedelta(seconds=practice.limits.offline_s)
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.everyone, tenant)
        now = self._clock.now()
        return [_agent(row, there=now - row["seen_at"] < offline) for row in rows]


def _agent(row: Any, *, there: bool) -> AgentView:
    presence = "offline" if not there else "away" if row["away"] else "online"
    return AgentView(
        id=row["id"],
        name=row["name"],
        presence=presence,
        draining=row["draining"],
        talks=row["talks"],
        capacity=row["capacity"],
        teams=row["teams"],
        languages=row["languages"],
    )
