"""The delivery ledger in Postgres."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec

from channels.contract import Receipt
from channels.ports import Begun, Deliveries, Ended
from core.domain.errors import DeliveryDelayed, StoreUnavailable
from core.domain.events import MessageSent
from core.domain.ids import ConversationId, TenantId
from core.postgres.database import Database
from core.postgres.failures import BROKEN
from core.postgres.queries import beside
from core.postgres.signals import MEMBERS, Signals

_AGAIN_S = 1.0
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

    def __init__(
        self,
        database: Database,
        signals: Signals,
        lease: timedelta = timedelta(seconds=30),
        call: timedelta = timedelta(seconds=20),
    ) -> None:
        """Join its parts.

        Args:
            database: where the table is.
            signals: prove to other processes that this one, which is sending, lives.
            lease: an attempt in which nothing was noted for so long is taken over by others.
            call: how long one native call may take; one whose process seems to be gone is taken
                over when nothing was noted for so long.
        """
        self._database = database
        self._signals = signals
        self._lease = lease
        self._call = call
        self._pending: defaultdict[TenantId, _Pending] = defaultdict(_Pending)
        self._holder = 0
        self._locking = asyncio.Lock()
        self._in_hand: set[tuple[ConversationId, int, str]] = set()
        signals.on_cut(self._cut)

    async def begun(self, sent: MessageSent) -> Begun | None:
        if _place(sent) in self._in_hand:
            raise DeliveryDelayed(_AGAIN_S)
        self._in_hand.add(_place(sent))
        try:
            begun = await self._begin(sent)
        except BaseException:
            self._in_hand.discard(_place(sent))
            raise
        if begun is None:
            self._in_hand.discard(_place(sent))
        return begun

    async def noted(self, begun: Begun, receipt: Receipt) -> None:
        await self._fenced(_SQL.noted, begun, _json(receipt), self._lease)

    async def repeats(self, begun: Begun) -> None:
        await self._fenced(_SQL.repeats, begun)

    async def ended(self, begun: Begun, how: Ended) -> None:
        sent = begun.sent
        with self._over(sent):
            async with self._database.as_tenant(sent.tenant) as connection:
                await connection.execute(_SQL.ended, *_place(sent), begun.number, how.value)

    async def delivered(self, sent: MessageSent, receipt: Receipt) -> None:
        entry = _Entry(sent=sent, receipt=receipt)
        pending = self._pending[sent.tenant]
        pending.entries.append(entry)
        with self._over(sent):
            async with pending.turn:
                await self._store_with(entry, pending)

    async def standing(self, sent: MessageSent) -> Receipt | None:
        async with self._database.as_tenant(sent.tenant) as connection:
            found = await connection.fetchval(_SQL.standing, *_place(sent), sent.revision)
        return None if found is None else Receipt(native_ids=_ids.decode(found))

    async def revised(self, sent: MessageSent, receipt: Receipt) -> None:
        values = (*_place(sent), sent.revision, _json(receipt))
        async with self._database.as_tenant(sent.tenant) as connection:
            await connection.execute(_SQL.revised, *values)

    async def refused(self, sent: MessageSent) -> None:
        with self._over(sent):
            async with self._database.as_tenant(sent.tenant) as connection:
                await connection.execute(_SQL.refused, sent.tenant, *_place(sent))

    async def all_out(self, tenant: TenantId, conversation: ConversationId) -> bool:
        async with self._database.as_tenant(tenant) as connection:
            found: bool = await connection.fetchval(_SQL.all_out, conversation)
        return found

    async def reopened(self, sent: MessageSent) -> None:
        async with self._database.as_tenant(sent.tenant) as connection:
            await connection.execute(_SQL.reopened, *_place(sent))

    @contextmanager
    def _over(self, sent: MessageSent) -> Iterator[None]:
        """Others of this process may begin once it is stored, or known not to be."""
        try:
            yield
        finally:
            self._in_hand.discard(_place(sent))

    async def _begin(self, sent: MessageSent) -> Begun | None:
        holder = await self._held()
        async with self._database.as_tenant(sent.tenant) as connection:
            row = await connection.fetchrow(
                _SQL.begun,
                sent.tenant,
                *_place(sent),
                *(holder, self._lease, MEMBERS, self._call),
            )
            if row is None:
                if await connection.fetchrow(_SQL.unsettled, *_place(sent)) is not None:
                    raise DeliveryDelayed(_AGAIN_S)
                return None
        return Begun(
            sent=sent,
            number=row["attempts"],
            before=Receipt(native_ids=_ids.decode(row["native_ids"])),
            unknown=row["unknown"],
        )

    async def _fenced(self, statement: str, begun: Begun, *more: object) -> None:
        sent = begun.sent
        async with self._database.as_tenant(sent.tenant) as connection:
            mine = await connection.fetchval(statement, *_place(sent), begun.number, *more)
        if mine is None:
            raise DeliveryDelayed(_AGAIN_S)

    async def _held(self) -> int:
        """The number that proves this process alive."""
        async with self._locking:
            if not self._holder:
                try:
                    self._holder = await self._signals.lock()
                except BROKEN as away:
                    raise StoreUnavailable from away
            return self._holder

    def _cut(self) -> None:
        self._holder = 0

    async def _store_with(self, entry: _Entry, pending: _Pending) -> None:
        """Store it and what came meanwhile, unless the one before has stored it with its own."""
        if entry.stored:
            return
        batch = tuple(pending.entries)
        await self._store(entry.sent.tenant, batch)
        del pending.entries[: len(batch)]
        for written in batch:
            written.stored = True

    async def _store(self, tenant: TenantId, batch: tuple[_Entry, ...]) -> None:
        async with self._database.as_tenant(tenant) as connection:
            await connection.execute(
                _SQL.delivered,
                tenant,
                [entry.sent.conversation for entry in batch],
                [entry.sent.seq for entry in batch],
                [entry.sent.channel for entry in batch],
                [_json(entry.receipt) for entry in batch],
            )


def _place(sent: MessageSent) -> tuple[ConversationId, int, str]:
    return sent.conversation, sent.seq, sent.channel


def _json(receipt: Receipt) -> str:
    return msgspec.json.encode(receipt.native_ids).decode()
