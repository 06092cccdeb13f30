"""Customers' files in Postgres."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from channels.files import Files
from core.domain.errors import ConversationNotFound
from core.domain.files import ROOM, KeptFile, NewFile, NoRoom
from core.domain.ids import ConversationId, EventId, TenantId
from core.ports import Clock
from core.postgres.database import Database
from core.postgres.queries import beside

_SQL = beside(__file__)


class PostgresFiles(Files):
    """One row per file; what a conversation may hold is counted under its row's lock."""

    def __init__(self, database: Database, clock: Clock, *, room: int = ROOM) -> None:
        """`room` is how many bytes the files of one conversation may have together."""
        self._database = database
        self._clock = clock
        self._room = room

    async def keep(
        self,
        tenant: TenantId,
        conversation: ConversationId,
        event: EventId,
        files: Sequence[NewFile],
    ) -> tuple[KeptFile, ...]:
        async with self._database.as_tenant(tenant) as connection, connection.transaction():
            if await connection.fetchval(_SQL.hold, tenant, conversation) is None:
                raise ConversationNotFound
            before = await connection.fetch(_SQL.of, tenant, conversation, event)
            if before:
                return tuple(map(_kept, before))
            filled = await connection.fetchval(_SQL.filled, conversation)
            if filled + sum(len(file.data) for file in files) > self._room:
                raise NoRoom
            for number, file in enumerate(files):
                await connection.execute(
                    _SQL.keep,
                    *(self._clock.new_id(), tenant, conversation, event, number),
                    *(file.name, file.media_type, len(file.data), file.data),
                )
            stored = await connection.fetch(_SQL.of, tenant, conversation, event)
        return tuple(map(_kept, stored))

    async def of(
        self, tenant: TenantId, conversation: ConversationId, event: EventId
    ) -> tuple[KeptFile, ...]:
        async with self._database.as_tenant(tenant) as connection:
            return tuple(map(_kept, await connection.fetch(_SQL.of, tenant, conversation, event)))

    async def with_message(
        self, tenant: TenantId, conversation: ConversationId, seq: int
    ) -> tuple[KeptFile, ...]:
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.with_message, tenant, conversation, seq)
        return tuple(map(_kept, rows))

    async def read(self, tenant: TenantId, file: UUID) -> tuple[KeptFile, bytes] | None:
        async with self._database.as_tenant(tenant) as connection:
            row = await connection.fetchrow(_SQL.read, tenant, file)
        return None if row is None else (_kept(row), row["data"])


def _kept(row: Any) -> KeptFile:
    return KeptFile(
        id=row["id"],
        conversation=ConversationId(row["conversation"]),
        name=row["name"],
        media_type=row["media_type"],
        size=row["size"],
    )
