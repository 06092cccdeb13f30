"""Finds what customers ask and the documents do not answer, in the records of declined turns."""

from core.domain.ids import TenantId
from core.postgres.queries import beside
from deploy.session import database, server
from deploy.settings import Settings

_QUERIES = beside(__file__)


async def gaps(
    settings: Settings, tenant: TenantId, days: int, most: int
) -> list[dict[str, object]]:
    """A row per set of words that was looked for in vain, the most frequent first.

    Args:
        settings: which service.
        tenant: whose customers.
        days: how far back.
        most: rows at most.
    """
    async with (
        server(settings) as dsn,
        database(settings, dsn) as pools,
        pools.as_tenant(tenant) as connection,
    ):
        return [dict(row) for row in await connection.fetch(_QUERIES.declined, tenant, days, most)]
