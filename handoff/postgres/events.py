"""What other desks were not told yet, in Postgres: written by whatever moves a handoff.

The rows come from a trigger (migration 0021), so a move and its event are there together or not at
all. They go when the endpoint has them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.domain.ids import ConversationId, HandoffId, TenantId
from core.ports import Clock
from core.postgres.database import Database
from core.postgres.queries import beside

_SQL = beside(__file__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event for one endpoint, claimed by us."""

    n: int
    id: UUID
    tenant: TenantId
    handoff: HandoffId
    version: int
    kind: str
    facts: Mapping[str, Any]
    """As they were when it happened."""
    body: bytes | None
    """As it was sent before, if it was."""
    tries: int
    """This one included."""
    lease: UUID

    @property
    def conversation(self) -> ConversationId:
        """Where it happened."""
        return ConversationId(UUID(self.facts["conversation"]))


class PostgresEvents:
    """The events of all tenants."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def due(self) -> Sequence[UUID]:
        """Endpoints that something waits for."""
        async with self._database.as_service() as connection:
            rows = await connection.fetch(_SQL.due, self._clock.now())
        return [row["id"] for row in rows]

    async def claim(self, endpoint: UUID, most: int, lease_s: float) -> Sequence[Event]:
        """Some for an endpoint, of each handoff the first one that it does not know."""
        now, lease = self._clock.now(), self._clock.new_id()
        until = now + timedelta(seconds=lease_s)
        async with self._database.as_service() as connection:
            rows = await connection.fetch(_SQL.claim, endpoint, now, most, until, lease)
        return [_event(row, lease) for row in rows]

    async def write(self, event: Event, body: bytes) -> bool:
        """Keep what is sent; False when it is not ours any more, or its talk was erased."""
        known = "customer" in event.facts
        async with self._database.as_service() as connection:
            done = await connection.fetchval(_SQL.written, event.n, event.lease, body, known)
        return done is not None

    async def told(self, event: Event) -> None:
        """The endpoint has it; a no-op when the lease was lost."""
        async with self._database.as_service() as connection:
            await connection.execute(_SQL.told, event.n, event.lease, self._clock.now())

    async def later(self, event: Event, in_s: float, trouble: str) -> None:
        """It is due again in so many seconds; a no-op when the lease was lost."""
        at = self._clock.now() + timedelta(seconds=in_s)
        async with self._database.as_service() as connection:
            await connection.execute(_SQL.later, event.n, event.lease, at, trouble, None)

    async def park(self, event: Event, trouble: str) -> None:
        """Try it no more; it stays, and what comes behind it waits, until somebody looks."""
        now = self._clock.now()
        async with self._database.as_service() as connection:
            await connection.execute(_SQL.later, event.n, event.lease, now, trouble, now)

    async def rest(self, endpoint: UUID, until: datetime) -> None:
        """Leave an endpoint alone until then, in all processes."""
        async with self._database.as_service() as connection:
            await connection.execute(_SQL.rest, endpoint, until)


def _event(row: Any, lease: UUID) -> Event:
    return Event(
        n=row["n"],
        id=row["id"],
        tenant=TenantId(row["tenant"]),
        handoff=HandoffId(row["handoff"]),
        version=row["version"],
        kind=row["kind"],
        facts=json.loads(row["facts"]),
        body=row["body"],
        tries=row["tries"],
        lease=lease,
    )
