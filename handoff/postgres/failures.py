"""Wrong passwords in Postgres, counted by account and by address."""

from collections.abc import Sequence

from core.domain.ids import TenantId
from core.postgres.database import Database
from core.postgres.queries import beside
from handoff.people.account import digest
from handoff.people.ports import Failures

_SQL = beside(__file__)
_PER_ACCOUNT, _PER_ADDRESS = 5, 25
"""Wrong passwords before there is a wait; an address may be that of a whole office."""


class PostgresFailures(Failures):
    """One row per key, which tells neither account nor address."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def failed(self, tenant: TenantId, keys: Sequence[str]) -> None:
        async with self._database.as_tenant(tenant) as connection:
            await connection.execute(_SQL.failed, tenant, sorted(map(digest, keys)))

    async def waits(self, tenant: TenantId, keys: Sequence[str]) -> float:
        allowed = [_PER_ACCOUNT if key.startswith("account:") else _PER_ADDRESS for key in keys]
        async with self._database.as_tenant(tenant) as connection:
            found = await connection.fetchval(_SQL.waits, tenant, list(map(digest, keys)), allowed)
        return float(found or 0)

    async def forget(self, tenant: TenantId, key: str) -> None:
        async with self._database.as_tenant(tenant) as connection:
            await connection.execute(_SQL.forget, tenant, digest(key))
