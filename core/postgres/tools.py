"""The ledger of tool calls in Postgres."""

from typing import Any
from uuid import UUID

from core.domain.actions import ToolCall
from core.domain.ids import ConversationId, TenantId, TurnId
from core.domain.tools import Outcome
from core.postgres.database import Database
from core.postgres.queries import beside
from core.tools.ledger import Entry, Kept, Ledger
from core.wire.turns import decode_call

_SQL = beside(__file__)


class PostgresToolCalls(Ledger):
    """Raises StoreUnavailable like everything that asks the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def asked(
        self, tenant: TenantId, conversation: ConversationId, turn: TurnId
    ) -> ToolCall | None:
        async with self._database.as_tenant(tenant) as connection:
            record = await connection.fetchval(_SQL.asked, turn, conversation)
        return None if record is None else decode_call(record)

    async def kept(self, tenant: TenantId, asked_by: TurnId) -> Kept | None:
        async with self._database.as_tenant(tenant) as connection:
            row = await connection.fetchrow(_SQL.kept, asked_by)
        return None if row is None else _kept(row)

    async def begin(self, entry: Entry) -> Kept | None:
        async with self._database.as_tenant(entry.tenant) as connection:
            made = await connection.fetchval(
                _SQL.begin,
                entry.id,
                entry.tenant,
                entry.conversation,
                entry.seq,
                entry.asked_by,
                entry.tool,
                entry.digest,
                entry.lease_s,
            )
            if made is not None:
                return None
            return _kept(await connection.fetchrow(_SQL.kept, entry.asked_by))

    async def take_over(self, entry: Entry, kept: Kept) -> bool:
        async with self._database.as_tenant(entry.tenant) as connection:
            taken = await connection.fetchval(_SQL.take_over, kept.id, entry.lease_s)
        return taken is not None

    async def recent(self, conversation: ConversationId, tenant: TenantId, tool: str) -> int:
        async with self._database.as_tenant(tenant) as connection:
            calls: int = await connection.fetchval(_SQL.recent, conversation, tool)
        return calls

    async def end(
        self, tenant: TenantId, call: UUID, outcome: Outcome, status: int, lines: tuple[str, ...]
    ) -> None:
        async with self._database.as_tenant(tenant) as connection:
            await connection.execute(_SQL.end, call, outcome.value, status or None, list(lines))


def _kept(row: Any) -> Kept:
    return Kept(
        id=row["id"],
        outcome=None if row["state"] == "begun" else Outcome(row["state"]),
        lines=tuple(row["lines"]),
        leased=row["leased"],
    )
