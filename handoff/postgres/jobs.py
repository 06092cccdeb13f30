"""What is due at some time, in Postgres: it survives restarts, and is done by one at a time.

A job is claimed by a lease: whoever claims it moves it on in time, and if it is not done by then,
because its process died, it is due again. So it is done at least once, and handlers must bear it
twice.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.domain.ids import TenantId
from core.ports import Clock
from core.postgres.database import Database
from core.postgres.queries import beside

_SQL = beside(__file__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something that is due, claimed by us."""

    id: int
    tenant: TenantId
    kind: str
    key: str
    """Of one kind there is one job of a key."""
    payload: Mapping[str, str]
    tries: int
    """This one included."""
    lease: UUID


class PostgresJobs:
    """Jobs of all tenants."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def put(
        self,
        tenant: TenantId,
        kind: str,
        key: str,
        due_at: datetime,
        payload: Mapping[str, str] | None = None,
    ) -> None:
        """Make something due; a job of this kind and key that there is already stays as it is."""
        async with self._database.as_tenant(tenant) as connection:
            await connection.execute(
                _SQL.put, tenant, kind, key, due_at, json.dumps(payload or {})
            )

    async def claim(self, most: int, lease_s: float, kinds: Sequence[str]) -> Sequence[Job]:
        """Some of these kinds that are due; nobody else has them until the lease is over."""
        now, lease = self._clock.now(), self._clock.new_id()
        until = now + timedelta(seconds=lease_s)
        async with self._database.as_service() as connection:
            rows = await connection.fetch(_SQL.claim, now, most, until, lease, kinds)
        return [
            Job(
                id=row["id"],
                tenant=TenantId(row["tenant"]),
                kind=row["kind"],
                key=row["key"],
                payload=json.loads(row["payload"]),
                tries=row["tries"],
                lease=lease,
            )
            for row in rows
        ]

    async def done(self, job: Job) -> None:
        """It is done; a no-op when the lease was lost."""
        async with self._database.as_service() as connection:
            await connection.execute(_SQL.done, job.id, job.lease)

    async def again(self, job: Job, in_s: float) -> None:
        """It is due again in so many seconds; a no-op when the lease was lost."""
        at = self._clock.now() + timedelta(seconds=in_s)
        async with self._database.as_service() as connection:
            await connection.execute(_SQL.again, job.id, job.lease, at)

    async def stuck(self, job: Job) -> None:
        """Try it no more; it stays for somebody to look at."""
        async with self._database.as_service() as connection:
            await connection.execute(_SQL.stuck, job.id, job.lease, self._clock.now())
