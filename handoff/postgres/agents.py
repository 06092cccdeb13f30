"""Agents in Postgres, as the desk sees them: what they can do, and whether they are there.

An agent is there as long as something says so at least every `limits.offline_s`: an open page
calls `seen` several times in that. Nothing needs to be told when a socket closes or a process
dies, for then nothing says so any more.
"""

from dataclasses import dataclass

from core.domain.ids import AgentId, TenantId
from core.ports import Clock
from core.postgres.database import Database
from core.postgres.queries import beside
from handoff.assignment import Person
from handoff.errors import AgentNotFound
from handoff.postgres.practices import PostgresPractices
from handoff.postgres.rows import person_of

_SQL = beside(__file__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What an agent is to the desk."""

    id: AgentId
    name: str
    """As customers read it."""
    capacity: int = 4
    """Talks at a time."""
    languages: frozenset[str] = frozenset()
    """BCP 47 primary tags; empty is any."""
    skills: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()


class PostgresAgents:
    """All methods raise AgentNotFound for one who is unknown, or of another tenant."""

    def __init__(self, database: Database, clock: Clock, *, practices: PostgresPractices) -> None:
        self._database = database
        self._clock = clock
        self._practices = practices

    async def put(self, tenant: TenantId, profile: Profile) -> None:
        """Add the agent, or change what they are; what they have at the moment stays theirs."""
        await self._change(
            tenant,
            _SQL.put,
            profile.id,
            tenant,
            profile.name,
            profile.capacity,
            sorted(profile.languages),
            sorted(profile.skills),
            sorted(profile.teams),
        )

    async def remove(self, tenant: TenantId, agent: AgentId) -> None:
        """Forget the agent; what they have comes back to the queue."""
        await self._change(tenant, _SQL.remove, agent)

    async def seen(self, tenant: TenantId, agent: AgentId) -> None:
        """A sign of life."""
        await self._change(tenant, _SQL.seen, agent, self._clock.now())

    async def everyone(self, tenant: TenantId) -> tuple[Person, ...]:
        """The tenant's agents by name, without their loads."""
        practice = await self._practices.of(tenant)
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.everyone)
        now = self._clock.now()
        return tuple(person_of(row, now, practice.limits.offline_s) for row in rows)

    async def _change(self, tenant: TenantId, statement: str, *values: object) -> None:
        async with self._database.as_tenant(tenant) as connection:
            if await connection.fetchval(statement, *values) is None:
                raise AgentNotFound
