"""Open streams in Postgres."""

from collections.abc import Sequence

import msgspec

from channels.showing import Stream, Streams
from core.domain.ids import ConversationId, TenantId, TurnId
from core.postgres.database import Database
from core.postgres.queries import beside

_SQL = beside(__file__)
_ids = msgspec.json.Decoder(tuple[str, ...])


class PostgresStreams(Streams):
    """One row per conversation in which an answer grows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, tenant: TenantId, conversation: ConversationId, turn: TurnId) -> None:
        async with self._database.as_tenant(tenant) as connection:
            await connection.execute(_SQL.begin, conversation, turn)

    async def note(
        self, tenant: TenantId, conversation: ConversationId, native_ids: Sequence[str]
    ) -> None:
        ids = msgspec.json.encode(list(native_ids)).decode()
        async with self._database.as_tenant(tenant) as connection:
            await connection.execute(_SQL.note, conversation, ids)

    async def of(self, tenant: TenantId, conversation: ConversationId) -> Stream | None:
        async with self._database.as_tenant(tenant) as connection:
            row = await connection.fetchrow(_SQL.of, conversation)
        if row is None:
            return None
        return Stream(
            turn=TurnId(row["turn"]),
            native_ids=_ids.decode(row["native_ids"]),
            unknown=row["unknown"],
        )

    async def end(self, tenant: TenantId, conversation: ConversationId) -> None:
        async with self._database.as_tenant(tenant) as connection:
            await connection.execute(_SQL.end, conversation)
