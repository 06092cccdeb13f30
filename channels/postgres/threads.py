"""Threads in Postgres: conversations by the digest of their history."""

from channels.ports import Thread, Threads
from core.domain.ids import ConversationId, TenantId
from core.postgres.database import Database
from core.postgres.queries import beside

_SQL = beside(__file__)


class PostgresThreads(Threads):
    """One row per history."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, tenant: TenantId, history: bytes) -> Thread | None:
        async with self._database.as_tenant(tenant) as connection:
            row = await connection.fetchrow(_SQL.find, tenant, history)
        if row is None:
            return None
        return Thread(conversation=ConversationId(row["conversation"]), seq=row["seq"])

    async def keep(self, tenant: TenantId, history: bytes, thread: Thread) -> None:
        async with self._database.as_tenant(tenant) as connection:
            await connection.execute(_SQL.keep, tenant, history, thread.conversation, thread.seq)
