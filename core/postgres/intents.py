"""Each tenant's intents in Postgres: the catalogue, the head, and the report on it.

In the database rather than in a folder, so that every worker has them wherever it runs, one
backup holds them, and row-level security keeps them apart.
"""

import json
from collections.abc import Mapping
from typing import Any

import asyncpg

from core.domain.errors import TenantNotFound
from core.domain.ids import TenantId
from core.nlu.intents.artefact import pack, unpack
from core.nlu.intents.catalogue import Catalogue
from core.nlu.intents.read import parse, write
from core.nlu.intents.trained import Trained
from core.postgres.database import Database
from core.postgres.queries import beside

_SQL = beside(__file__)


class PostgresIntents:
    """Reads and keeps them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, tenant: TenantId, catalogue: Catalogue) -> None:
        """Keep a catalogue in the place of the one before; the head stays as it is.

        Raises:
            TenantNotFound: no such tenant.
        """
        await self._keep(tenant, _SQL.put_source, write(catalogue))

    async def catalogue(self, tenant: TenantId) -> Catalogue | None:
        """What was put last; None for a tenant that never did."""
        async with self._database.as_tenant(tenant) as connection:
            source = await connection.fetchval(_SQL.source, tenant)
        return None if source is None else parse(source)

    async def put_trained(
        self, tenant: TenantId, trained: Trained, report: Mapping[str, Any]
    ) -> None:
        """Keep a head with its catalogue and its report, in the place of those before.

        Raises:
            TenantNotFound: no such tenant.
        """
        head = trained.head
        await self._keep(
            tenant,
            _SQL.put_head,
            write(trained.catalogue),
            pack(head),
            head.trained_on,
            json.dumps(report),
        )

    async def stamp(self, tenant: TenantId) -> str | None:
        """Another one after every change; None for a tenant that has put nothing."""
        async with self._database.as_tenant(tenant) as connection:
            stamp: str | None = await connection.fetchval(_SQL.stamp, tenant)
        return stamp

    async def trained(self, tenant: TenantId) -> Trained | None:
        """The head with its catalogue; None without a head.

        Raises:
            ArtefactRefused: another version trained it.
        """
        async with self._database.as_tenant(tenant) as connection:
            row = await connection.fetchrow(_SQL.head, tenant)
        return None if row is None else Trained(parse(row["source"]), unpack(row["head"]))

    async def report(self, tenant: TenantId) -> Mapping[str, Any] | None:
        """What the head was worth when it was trained; None without a head."""
        async with self._database.as_tenant(tenant) as connection:
            report = await connection.fetchval(_SQL.report, tenant)
        return None if report is None else dict(json.loads(report))

    async def _keep(self, tenant: TenantId, statement: str, *values: object) -> None:
        try:
            async with self._database.as_tenant(tenant) as connection:
                await connection.execute(statement, tenant, *values)
        except asyncpg.ForeignKeyViolationError as unknown:
            raise TenantNotFound from unknown
