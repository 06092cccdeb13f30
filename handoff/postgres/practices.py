"""How each tenant's people work: its handoff.toml in Postgres, where every process finds it."""

import asyncpg

from core.domain.errors import SettingsInvalid, TenantNotFound
from core.domain.ids import TenantId
from core.ports import Clock
from core.postgres.database import Database
from core.postgres.queries import beside
from handoff.practice import Practice, parse

_SQL = beside(__file__)


class PostgresPractices:
    """One file per tenant; what is read is good for some seconds."""

    def __init__(self, database: Database, clock: Clock, *, keep_s: float = 10) -> None:
        self._database = database
        self._clock = clock
        self._keep_s = keep_s
        self._kept: dict[TenantId, tuple[float, Practice]] = {}

    async def of(self, tenant: TenantId) -> Practice:
        """The tenant's practice; what ships where it has none, or one that was stored broken."""
        now = self._clock.monotonic()
        kept = self._kept.get(tenant)
        if kept is not None and now - kept[0] < self._keep_s:
            return kept[1]
        practice = await self._read(tenant)
        self._kept[tenant] = now, practice
        return practice

    async def put(self, tenant: TenantId, source: str) -> Practice:
        """Store a file in the place of the one before.

        Raises:
            SettingsInvalid: it has mistakes; nothing is stored.
            TenantNotFound: no such tenant.
        """
        practice = parse(source)
        try:
            async with self._database.as_tenant(tenant) as connection:
                await connection.execute(_SQL.put, tenant, source)
        except asyncpg.ForeignKeyViolationError as unknown:
            raise TenantNotFound from unknown
        self._kept.pop(tenant, None)
        return practice

    async def remove(self, tenant: TenantId) -> None:
        """Work as it is written in the file that ships."""
        async with self._database.as_tenant(tenant) as connection:
            await connection.execute(_SQL.remove, tenant)
        self._kept.pop(tenant, None)

    async def _read(self, tenant: TenantId) -> Practice:
        async with self._database.as_tenant(tenant) as connection:
            source = await connection.fetchval(_SQL.of, tenant)
        if source is None:
            return Practice()
        try:
            return parse(source)
        except SettingsInvalid:  # of another version: people go on working
            return Practice()
