"""Conversations in Postgres: the way in, what the walk needs, and the transcript.

Accepting a message and remembering a turn are one statement each: one round trip, one commit.
"""

from collections.abc import Callable, Sequence
from dataclasses import astuple
from datetime import datetime
from typing import Any, Literal

import asyncpg

from core.domain.conversation import (
    Conversation,
    Standing,
    TurnContext,
)
from core.domain.decisions import (
    AskBack,
    Decision,
    Decline,
    HandOff,
    PassToAgent,
    Reply,
    StaySilent,
)
from core.domain.errors import ConversationNotFound, SetupError, TenantNotFound, TurnNotFound
from core.domain.events import HandoffRequested
from core.domain.ids import ConversationId, CustomerId, HandoffId, TenantId, TurnId
from core.domain.languages import primary
from core.domain.messages import Accepted, Amendment, BotInstead, Channel, InboundMessage, Message
from core.domain.turns import MoreWaits, Remembered, TurnRecord, TurnView
from core.partitioning import partition_of
from core.ports import Clock, ConversationStore, Inbox, Transcript
from core.postgres.database import Database
from core.postgres.queries import beside
from core.postgres.revisions import PostgresRevisions
from core.postgres.rows import context_of, conversation_of, named_of, owner_columns, shown_of
from core.telemetry.traces import traceparent
from core.wire.customers import encode_profile
from core.wire.envelope import Stamp, encode_arrival, encode_handoff, encode_sent
from core.wire.turns import decode_understanding, encode_record, encode_sources

_SQL = beside(__file__)
_NAMES: dict[type[Decision], str] = {
    Reply: "reply",
    AskBack: "ask_back",
    Decline: "decline",
    HandOff: "hand_off",
    PassToAgent: "pass_to_agent",
    StaySilent: "stay_silent",
}

Ring = Callable[[str], None]
"""Wakes whoever waits for a topic, here and in other processes; returns at once."""


class PostgresConversations(PostgresRevisions, Inbox, ConversationStore, Transcript):
    """All three ports over the same tables."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        ring: Ring,
        *,
        partitions: int = 12,
        through: Literal["log", "outbox"] = "log",
    ) -> None:
        """Join its parts.

        Args:
            database: where the tables are.
            clock: stamps what is said.
            ring: told of what has something new.
            partitions: of each topic.
            through: how an accepted message gets to its topic: by its statement, or the relay.
        """
        self._database = database
        self._clock = clock
        self._ring = ring
        self._partitions = partitions
        self._through = through

    async def open(
        self,
        tenant: TenantId,
        channel: Channel,
        customer: CustomerId,
        address: str,
        locale: str = "",
    ) -> Conversation:
        fresh, language = self._clock.new_id(), primary(locale)
        try:
            async with self._database.as_tenant(tenant) as connection:
                row = None
                while row is None:
                    row = await connection.fetchrow(
                        _SQL.open, fresh, tenant, channel.value, customer, address, language
                    )
        except asyncpg.ForeignKeyViolationError as unknown:
            raise TenantNotFound from unknown
        return conversation_of(row)

    async def accept(self, message: InboundMessage) -> Accepted:
        key = str(message.conversation).encode()
        value = encode_arrival(message, self._stamp(message.traceparent))
        direct = self._through == "log"
        async with self._database.as_tenant(message.tenant) as connection:
            row = await connection.fetchrow(
                _SQL.accept if direct else _SQL.accept_queued,
                message.conversation,
                message.event,
                message.text,
                message.sent_at,
                "inbound",
                partition_of(key, self._partitions),
                *((key, value) if direct else (value,)),
                encode_profile(message.profile),
            )
            if row is None:
                seq = await connection.fetchval(_SQL.accepted, message.conversation, message.event)
                if seq is None:
                    raise ConversationNotFound
                return Accepted(seq=seq, fresh=False)
        if direct and row["off"] is None:
            raise SetupError("the topic inbound has no such partition: create the topics first")
        self._ring("inbound" if direct else "outbox")
        return Accepted(seq=row["seq"], fresh=True)

    async def amend(self, amendment: Amendment) -> bool:
        async with self._database.as_tenant(amendment.tenant) as connection:
            found = await connection.fetchrow(
                _SQL.amend,
                amendment.conversation,
                amendment.event,
                amendment.text,
                amendment.at,
            )
        if found is None:
            raise ConversationNotFound
        return found["seq"] is not None

    async def load(
        self, tenant: TenantId, conversation: ConversationId, history: int
    ) -> TurnContext:
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.load, conversation, history)
        if not rows:
            raise ConversationNotFound
        return context_of(rows)

    async def load_again(
        self, tenant: TenantId, conversation: ConversationId, history: int
    ) -> TurnContext:
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.load_again, conversation, history)
        if not rows:
            raise ConversationNotFound
        return context_of(rows, rows[0]["apologised"])

    async def standing(self, tenant: TenantId, conversation: ConversationId) -> Standing:
        async with self._database.as_tenant(tenant) as connection:
            row = await connection.fetchrow(_SQL.standing, conversation)
        if row is None:
            raise ConversationNotFound
        return Standing(seq=row["seq"], epoch=row["epoch"])

    async def remember(self, record: TurnRecord) -> Remembered | MoreWaits | None:
        owner, agent = owner_columns(record.new_owner)
        stamp = self._stamp(record.traceparent)
        async with self._database.as_tenant(record.tenant) as connection:
            row = await connection.fetchrow(
                _SQL.remember,
                record.id,
                record.conversation,
                record.covered_before,
                max(record.covers),
                record.epoch,
                [say.author.value for say in record.says],
                [say.text for say in record.says],
                [encode_sources(say.sources) for say in record.says],
                owner,
                agent,
                record.understanding.language.label,
                self._lane(record.conversation),
                "outbound",
                encode_sent(record.tenant, record.conversation, record.channel, stamp),
                "events",
                _events(record, stamp),
                list(record.covers),
                _NAMES[type(record.decision)],
                record.findings.confidence,
                encode_record(record),
                stamp.at,
                record.only_if_last,
                [seq for seq in record.covers if seq <= record.covered_before],
                record.apologises,
                *astuple(record.mood),
                *_promises(record),
            )
        if row is None:
            return None
        if row["seq"] is None:
            return MoreWaits()
        if record.says or record.new_owner is not None:
            self._ring("outbox")
        return _remembered(record, row["seq"], stamp.at, sent=row["sent"])

    async def conversation(self, tenant: TenantId, conversation: ConversationId) -> Conversation:
        async with self._database.as_tenant(tenant) as connection:
            row = await connection.fetchrow(_SQL.conversation, conversation)
        if row is None:
            raise ConversationNotFound
        return conversation_of(row)

    async def since(
        self, tenant: TenantId, conversation: ConversationId, seq: int, limit: int
    ) -> Sequence[Message]:
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.since, conversation, seq, limit)
        return [named_of(row, conversation) for row in rows]

    async def turn(self, tenant: TenantId, turn: TurnId) -> TurnView:
        async with self._database.as_tenant(tenant) as connection:
            row = await connection.fetchrow(_SQL.turn, turn)
            if row is None:
                raise TurnNotFound
            return await _view(connection, row)

    async def turn_of(
        self, tenant: TenantId, conversation: ConversationId, seq: int
    ) -> TurnView | None:
        async with self._database.as_tenant(tenant) as connection:
            row = await connection.fetchrow(_SQL.turn_of, conversation, seq)
            return None if row is None else await _view(connection, row)

    def _stamp(self, caller: str) -> Stamp:
        """A stamp whose span is new, in the caller's trace if there is one."""
        fresh = self._clock.new_id()
        return Stamp(id=fresh, at=self._clock.now(), traceparent=traceparent(caller, fresh))

    def _lane(self, conversation: ConversationId) -> int:
        return partition_of(str(conversation).encode(), self._partitions)


def _remembered(record: TurnRecord, last_seq: int, at: datetime, *, sent: bool) -> Remembered:
    """What the statement did, with the messages as it stored them."""
    first, last = last_seq - len(record.says) + 1, len(record.says) - 1
    promise = BotInstead(HandoffId(record.id)) if isinstance(record.decision, HandOff) else None
    messages = tuple(
        Message(
            conversation=record.conversation,
            seq=first + place,
            author=say.author,
            text=say.text,
            at=at,
            sources=say.sources,
            turn=record.id,
            choice=promise if place == last else None,
        )
        for place, say in enumerate(record.says if sent else ())
    )
    return Remembered(last_seq=last_seq, messages=messages, sent=sent)


def _promises(record: TurnRecord) -> tuple[str | None, str, str, int, Sequence[str]]:
    """Why a person was promised, null where none was, and of which team; a ticket; the rest."""
    if isinstance(record.decision, HandOff):
        wants = record.decision
        return wants.reason, wants.team, record.ticket, wants.priority, sorted(wants.skills)
    return None, "", record.ticket, 0, []


def _events(record: TurnRecord, stamp: Stamp) -> list[bytes]:
    match record.decision:
        case HandOff(reason):
            event = HandoffRequested(
                tenant=record.tenant,
                conversation=record.conversation,
                turn=record.id,
                reason=reason,
            )
            return [encode_handoff(event, stamp)]
        case _:
            return []


async def _view(connection: Any, row: Any) -> TurnView:
    conversation = ConversationId(row["conversation"])
    said = await connection.fetch(_SQL.said, conversation, row["id"])
    return TurnView(
        id=TurnId(row["id"]),
        conversation=conversation,
        decision=row["decision"] if row["sent"] else "pass_to_agent",
        confidence=row["confidence"],
        understanding=decode_understanding(row["record"]),
        covers=tuple(row["covers"]),
        said=tuple(shown_of(message, conversation) for message in said),
    )
