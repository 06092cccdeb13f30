"""The delivery ledger in Postgres."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field

import msgspec

from channels.contract import Receipt
from channels.ports import Deliveries
from core.domain.events import MessageSent
from core.domain.ids import TenantId
from core.postgres.database import Database
from core.postgres.queries import beside

_SQL = beside(__file__)
_ids = msgspec.json.Decoder(tuple[str, ...])


@dataclass(slots=True, kw_only=True)
class _Entry:
    sent: MessageSent
    receipt: Receipt
    stored: bool = False


@dataclass(slots=True)
class _Pending:
    """What one tenant has to store, and whose turn it is to store it."""

    entries: list[_Entry] = field(default_factory=list)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class PostgresDeliveries(Deliveries):
    """One row per message and channel.

    What is delivered while earlier rows are on their way to the disk is written together with
    the next ones: one commit for many lanes.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pending: defaultdict[TenantId, _Pending] = defaultdict(_Pending)

    async def begun(self, sent: MessageSent) -> Receipt | None:
        async with self._database.as_tenant(sent.tenant) as connection:
            row = await connection.fetchrow(
                _SQL.begun, sent.tenant, sent.conversation, sent.seq, sent.channel
            )
        if row is None:
            return None
        return Receipt(native_ids=_ids.decode(row["native_ids"]))

    async def delivered(self, sent: MessageSent, receipt: Receipt) -> None:
        entry = _Entry(sent=sent, receipt=receipt)
        pending = self._pending[sent.tenant]
        pending.entries.append(entry)
        async with pending.turn:
            if entry.stored:  # by the one before, together with its own
                return
            batch = tuple(pending.entries)
            await self._store(sent.tenant, batch)
            del pending.entries[: len(batch)]
            for written in batch:
                written.stored = True

    async def refused(self, sent: MessageSent) -> None:
        async with self._database.as_tenant(sent.tenant) as connection:
            await connection.execute(_SQL.refused, sent.conversation, sent.seq, sent.channel)

    async def _store(self, tenant: TenantId, batch: tuple[_Entry, ...]) -> None:
        async with self._database.as_tenant(tenant) as connection:
            await connection.execute(
                _SQL.delivered,
                tenant,
                [entry.sent.conversation for entry in batch],
                [entry.sent.seq for entry in batch],
                [entry.sent.channel for entry in batch],
                [msgspec.json.encode(entry.receipt.native_ids).decode() for entry in batch],
            )
