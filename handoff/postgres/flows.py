"""Sign-ins by way of an issuer that have come back, in Postgres."""

from datetime import datetime

import asyncpg

from core.domain.errors import TenantNotFound
from core.domain.ids import TenantId
from core.postgres.database import Database
from core.postgres.queries import beside
from handoff.people.account import digest
from handoff.people.oidc.ports import Flows

_SQL = beside(__file__)


class PostgresFlows(Flows):
    """One row per sign-in, for a while, by the digest of its state."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def use(self, tenant: TenantId, state: str, ends_at: datetime) -> bool:
        try:
            async with self._database.as_tenant(tenant) as connection:
                found = await connection.fetchval(_SQL.use, tenant, digest(state), ends_at)
        except asyncpg.ForeignKeyViolationError as unknown:
            raise TenantNotFound from unknown
        return found is not None
