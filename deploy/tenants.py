"""Adds and lists tenants."""

import asyncpg

from core.domain.errors import RefusedError
from core.postgres.queries import beside
from deploy.session import database, server
from deploy.settings import Settings

_QUERIES = beside(__file__)


async def put(settings: Settings, tenant: str, name: str) -> None:
    """Add the tenant, or change its name.

    Raises:
        RefusedError: the id has a form that no tenant can have.
    """
    async with (
        server(settings) as dsn,
        database(settings, dsn) as pools,
        pools.as_service() as connection,
    ):
        try:
            await connection.execute(_QUERIES.put, tenant, name)
        except asyncpg.CheckViolationError as refused:
            raise RefusedError(
                "a tenant's id is 1 to 63 lower-case letters, digits and hyphens,"
                " and neither begins nor ends with a hyphen"
            ) from refused


async def everyone(settings: Settings) -> list[dict[str, object]]:
    """A row per tenant: `tenant`, `name`, `conversations`, `turns`, `since`."""
    async with (
        server(settings) as dsn,
        database(settings, dsn) as pools,
        pools.as_service() as connection,
    ):
        return [dict(row) for row in await connection.fetch(_QUERIES.everyone)]
