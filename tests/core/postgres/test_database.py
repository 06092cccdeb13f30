"""The pools: a session belongs to one tenant, and a lost database is told apart from a mistake."""

import asyncpg
import pytest

from core.domain.errors import RetryableError
from core.domain.ids import TenantId
from core.postgres.database import Database

READ_TENANT = "SELECT current_setting('app.tenant')"


async def test_a_reused_session_belongs_to_its_new_tenant(dsn: str) -> None:
    async with await Database.connect(dsn, tenant_size=1) as database:
        for tenant in ("default", "other", "other", "default"):
            async with database.as_tenant(TenantId(tenant)) as connection:
                assert await connection.fetchval(READ_TENANT) == tenant


async def test_a_tenants_session_is_confined_by_the_database_itself(database: Database) -> None:
    async with database.as_service() as connection:
        await connection.execute("INSERT INTO tenants (id, name) VALUES ('other', 'Other')")

    async with database.as_tenant(TenantId("other")) as connection:
        seen = await connection.fetch("SELECT id FROM tenants")

    assert [row["id"] for row in seen] == ["other"]


@pytest.mark.parametrize("table", ["outbox", "log_records"])
async def test_a_tenants_session_may_not_read_what_all_tenants_share(
    database: Database, table: str
) -> None:
    async with database.as_tenant(TenantId("default")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch(f"SELECT * FROM {table}")


async def test_a_broken_connection_may_be_tried_again(database: Database) -> None:
    tenant = TenantId("default")

    async def in_a_connection_that_breaks() -> None:
        async with database.as_tenant(tenant) as connection, database.as_service() as killer:
            backend = await connection.fetchval("SELECT pg_backend_pid()")
            await killer.execute("SELECT pg_terminate_backend($1)", backend)
            await connection.execute("SELECT 1")

    with pytest.raises(RetryableError):
        await in_a_connection_that_breaks()

    async with database.as_tenant(tenant) as connection:
        assert await connection.fetchval("SELECT 1") == 1


async def test_a_mistake_in_a_statement_is_no_broken_connection(database: Database) -> None:
    with pytest.raises(asyncpg.UndefinedTableError):
        async with database.as_tenant(TenantId("default")) as connection:
            await connection.execute("SELECT * FROM nowhere")
