"""The database of a command: the configured one, or the embedded one for as long as it takes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from core.domain.errors import SetupError
from core.postgres.database import Database
from deploy.embedded import EmbeddedPostgres
from deploy.migrate import migrate
from deploy.settings import Settings


@asynccontextmanager
async def server(settings: Settings) -> AsyncIterator[str]:
    """A DSN that can be connected to.

    The embedded server is shared with a running `switchboard up`; without one it is started,
    and stopped again at the end.

    Raises:
        SetupError: there is no server to be had.
    """
    configured = settings.deploy.database_url.get_secret_value()
    if configured:
        yield configured
        return
    embedded = await asyncio.to_thread(EmbeddedPostgres.open, settings.data_dir)
    try:
        yield embedded.dsn
    finally:
        await asyncio.to_thread(embedded.close)


@asynccontextmanager
async def connection(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """One connection of its own.

    Raises:
        SetupError: the database does not let us in; the sentence says why, without the DSN.
    """
    try:
        opened = await asyncpg.connect(dsn, timeout=15)
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError) as refused:
        raise SetupError(f"the database cannot be reached: {_reason(refused)}") from refused
    try:
        yield opened
    finally:
        await opened.close()


@asynccontextmanager
async def database(settings: Settings, dsn: str) -> AsyncIterator[Database]:
    """Pools on a migrated database; pending migrations are applied first.

    Raises:
        SetupError: it cannot be reached.
        MigrationFailed: it does not fit this version.
    """
    async with connection(dsn) as single:
        await migrate(single)
    pools = await Database.connect(
        dsn,
        tenant_size=settings.deploy.tenant_connections,
        service_size=settings.deploy.service_connections,
    )
    async with pools:
        yield pools


_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (TimeoutError, "no answer within 15 s"),
    (asyncpg.InvalidPasswordError, "it refuses the user name or the password"),
    (asyncpg.InvalidAuthorizationSpecificationError, "it refuses the user name or the password"),
    (asyncpg.InvalidCatalogNameError, "there is no database of that name"),
    (ValueError, "database_url is not a postgresql:// address"),
)


def _reason(refused: BaseException) -> str:
    """Why, without what the driver says: that may quote the DSN."""
    for kind, reason in _REASONS:
        if isinstance(refused, kind):
            return reason
    return getattr(refused, "strerror", None) or type(refused).__name__
