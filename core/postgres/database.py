"""Connections to Postgres: one pool per duty.

`as_tenant` is for everything done on behalf of one tenant. Its connections run under the role
`switchboard_tenant`, which row-level security confines to the rows of `app.tenant`. `as_service`
is for the log, the relay and other work across tenants.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self, TypeAlias

import asyncpg

from core.domain.errors import StoreUnavailable
from core.domain.ids import TenantId
from core.postgres.failures import BROKEN

Connection: TypeAlias = Any
"""An asyncpg connection; the package carries no types."""
TENANT_ROLE = "switchboard_tenant"
_QUEUES = {
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
}
"""The log's and the outbox's tables change all the time, so what statistics say of them is wrong;
and only a plain index scan marks the entries of removed rows, for the next scan to skip."""


class _Connection(asyncpg.Connection):  # type: ignore[misc]
    """Keeps its session over a return to the pool.

    asyncpg would send a reset after each use, a round trip per statement; nothing here leaves
    state in a session but `app.tenant`, and `as_tenant` tracks that.
    """

    __slots__ = ("tenant",)

    def get_reset_query(self) -> str:
        return ""


class Database:
    """The pools. Use as an async context manager, or `connect` and `close`."""

    def __init__(self, tenants: asyncpg.Pool, service: asyncpg.Pool, dsn: str) -> None:
        self._tenants = tenants
        self._service = service
        self._dsn = dsn

    @classmethod
    async def connect(cls, dsn: str, *, tenant_size: int = 16, service_size: int = 8) -> Self:
        """Open both pools; the schema must be migrated, for the tenants' role comes with it."""
        tenants = await asyncpg.create_pool(
            dsn,
            min_size=1,
            max_size=tenant_size,
            connection_class=_Connection,
            server_settings={"role": TENANT_ROLE, "application_name": "switchboard"},
        )
        service = await asyncpg.create_pool(
            dsn,
            min_size=1,
            max_size=service_size,
            connection_class=_Connection,
            server_settings={"application_name": "switchboard", **_QUEUES},
        )
        return cls(tenants, service, dsn)

    async def close(self) -> None:
        """Wait for what is running, then close every connection."""
        await self._tenants.close()
        await self._service.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @asynccontextmanager
    async def as_tenant(self, tenant: TenantId) -> AsyncIterator[Connection]:
        """A connection that sees and writes this tenant's rows only.

        Raises:
            StoreUnavailable: the database is away; what was under way may be tried again.
        """
        try:
            async with self._tenants.acquire() as connection:
                raw = connection._con  # the proxy has no place for a mark of its own
                if getattr(raw, "tenant", None) != tenant:
                    raw.tenant = None
                    await connection.execute("SELECT set_config('app.tenant', $1, false)", tenant)
                    raw.tenant = tenant
                yield connection
        except BROKEN as away:
            raise StoreUnavailable from away

    @asynccontextmanager
    async def as_service(self) -> AsyncIterator[Connection]:
        """A connection that sees every tenant's rows."""
        async with self._service.acquire() as connection:
            yield connection

    async def dedicated(self) -> Any:
        """A connection outside the pools, for LISTEN and session locks; the caller closes it."""
        return await asyncpg.connect(
            self._dsn, server_settings={"application_name": "switchboard"}
        )
