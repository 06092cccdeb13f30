"""How a tenant's people work, and who waits for them, for the commands."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from core.clock import SystemClock
from core.domain.ids import TenantId
from core.ports import Clock
from core.postgres.database import Database
from deploy.session import database, server
from deploy.settings import Settings
from handoff.life import NAMES, agent_in
from handoff.postgres.agents import PostgresAgents
from handoff.postgres.desks import PostgresDesks
from handoff.postgres.practices import PostgresPractices
from handoff.queue import ordered


@asynccontextmanager
async def _pools(settings: Settings) -> AsyncIterator[tuple[Database, Clock]]:
    async with server(settings) as dsn, database(settings, dsn) as pools:
        yield pools, SystemClock()


async def put(settings: Settings, tenant: str, source: str) -> None:
    """Store a handoff.toml.

    Raises:
        SettingsInvalid: it has mistakes.
        TenantNotFound: no such tenant.
    """
    async with _pools(settings) as (pools, clock):
        await PostgresPractices(pools, clock).put(TenantId(tenant), source)


async def remove(settings: Settings, tenant: str) -> None:
    """Work as the file that ships says."""
    async with _pools(settings) as (pools, clock):
        await PostgresPractices(pools, clock).remove(TenantId(tenant))


async def everyone(settings: Settings, tenant: str) -> list[dict[str, object]]:
    """A row for each open handoff, in the order in which they are served."""
    owner = TenantId(tenant)
    async with _pools(settings) as (pools, clock):
        practices = PostgresPractices(pools, clock)
        agents = PostgresAgents(pools, clock, practices=practices)
        found = await PostgresDesks(pools, clock, agents=agents).open(owner)
        names = {person.id: person.name for person in await agents.everyone(owner)}
        practice, now = await practices.of(owner), clock.now()
    return [
        {
            "conversation": one.conversation,
            "state": NAMES[type(one.state)],
            "agent": names.get(agent) if (agent := agent_in(one.state)) else None,
            "waited_s": round((now - one.requested_at).total_seconds()),
            "priority": one.wants.priority,
            "team": one.wants.team or None,
            "language": one.wants.language or None,
            "reason": one.wants.reason,
        }
        for one in ordered(found, now, practice.rules.aging_s)
    ]
