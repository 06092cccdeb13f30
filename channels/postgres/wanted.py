"""Files that are to be fetched, in Postgres."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from channels.fetching import Wanted, WantedFiles
from channels.happenings import File
from core.domain.ids import ConversationId, EventId, TenantId
from core.domain.messages import Channel
from core.postgres.database import Database
from core.postgres.queries import beside

_SQL = beside(__file__)
_files = msgspec.json.Decoder(tuple[File, ...])


class PostgresWantedFiles(WantedFiles):
    """One row per message whose files are not here yet."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def want(self, wanted: Wanted) -> None:
        files = msgspec.json.encode(wanted.files).decode()
        async with self._database.as_tenant(wanted.tenant) as connection:
            await connection.execute(
                _SQL.want, wanted.conversation, wanted.event, wanted.account, files
            )

    async def due(self, most: int) -> Sequence[Wanted]:
        async with self._database.as_service() as connection:
            return [_wanted(row) for row in await connection.fetch(_SQL.due, most)]

    async def done(self, wanted: Wanted) -> None:
        async with self._database.as_tenant(wanted.tenant) as connection:
            await connection.execute(_SQL.done, wanted.conversation, wanted.event)


def _wanted(row: Mapping[str, Any]) -> Wanted:
    return Wanted(
        tenant=TenantId(row["tenant"]),
        conversation=ConversationId(row["conversation"]),
        event=EventId(row["event"]),
        channel=Channel(row["channel"]),
        account=row["account"],
        files=_files.decode(row["files"]),
        tries=row["tries"] - 1,
    )
