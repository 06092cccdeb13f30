"""What is told to an agent about a talk in Postgres: why it came, what was tried, how it feels."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from core.domain.ids import ConversationId, TenantId
from core.domain.memory import NO_MEMORY, Memory
from core.domain.messages import Author, Message
from core.postgres.database import Connection, Database
from core.postgres.queries import beside
from core.postgres.rows import message_of
from core.wire.memories import decode_memory
from core.wire.turns import decode_sources
from handoff.brief import facts, summary, telling
from handoff.console.views import (
    Card,
    Cited,
    FactView,
    MoodView,
    Row,
    SourceView,
    Suggestion,
    ToolView,
    Tried,
)

_SQL = beside(__file__)
_TURNS = 6
_WORDS = 60
_QUOTE = 300


class _Label(msgspec.Struct, frozen=True):
    label: str


class _Passage(msgspec.Struct, frozen=True):
    title: str
    uri: str
    text: str
    score: float


class _Approved(msgspec.Struct, frozen=True):
    id: UUID


class _Tool(msgspec.Struct, frozen=True):
    tool: str
    outcome: str


class _Record(msgspec.Struct, frozen=True, kw_only=True):
    """What of a turn's record is told; core/wire/turns.py writes it."""

    intent: _Label
    emotion: _Label
    looked_for: list[str] = []
    passages: list[_Passage] = []
    approved: _Approved | None = None
    tools: list[_Tool] = []
    rule: str = ""


@dataclass(frozen=True, slots=True)
class _Turn:
    row: Any
    record: _Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """All of it."""

    card: Card | None
    mood: MoodView
    suggestion: Suggestion | None


_record = msgspec.json.Decoder(_Record)


class PostgresBriefs:
    """Reads, nothing else."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, tenant: TenantId, row: Row, now: datetime) -> Brief:
        """Of the conversation of a row; there is no card where nobody asked for a person."""
        conversation = ConversationId(row.id)
        async with self._database.as_tenant(tenant) as connection:
            turns = await _turns(connection, tenant, conversation)
            words = await _words(connection, tenant, conversation)
            first = await connection.fetchval(_SQL.first, tenant, conversation)
            memory = await _memory(connection, tenant, conversation)
            mood = await connection.fetchrow(_SQL.mood, tenant, conversation)
            suggestion = await _suggestion(connection, tenant, turns, words, now)
        card = await asyncio.to_thread(_card, row, turns, (memory, first or "", words))
        return Brief(
            card=card,
            mood=MoodView(
                emotion=turns[-1].record.emotion.label if turns else "unknown",
                frustration=round(mood["frustration"], 3),
                unknowns=mood["unknowns"],
            ),
            suggestion=suggestion,
        )


async def customer_facts(
    connection: Connection, tenant: TenantId, conversation: ConversationId
) -> list[str]:
    """What is known of a conversation's customer, kept with their consent."""
    return list((await _memory(connection, tenant, conversation)).customer)


async def _turns(
    connection: Connection, tenant: TenantId, conversation: ConversationId
) -> list[_Turn]:
    rows = await connection.fetch(_SQL.turns, tenant, conversation, _TURNS)
    return [_Turn(row, _record.decode(row["record"])) for row in reversed(rows)]


async def _words(
    connection: Connection, tenant: TenantId, conversation: ConversationId
) -> list[Message]:
    rows = await connection.fetch(_SQL.words, tenant, conversation, _WORDS)
    return [message_of(row, conversation) for row in reversed(rows)]


async def _memory(
    connection: Connection, tenant: TenantId, conversation: ConversationId
) -> Memory:
    stored = await connection.fetchval(_SQL.memory, tenant, conversation)
    return NO_MEMORY if stored is None else decode_memory(stored).memory


async def _suggestion(
    connection: Connection,
    tenant: TenantId,
    turns: Sequence[_Turn],
    words: Sequence[Message],
    now: datetime,
) -> Suggestion | None:
    """An approved answer that was near, else what a passage says; of the latest turn with one."""
    asked = next((one.text for one in reversed(words) if one.author is Author.CUSTOMER), "")
    for turn in reversed(turns):
        record = turn.record
        if record.approved is not None:
            answer = await connection.fetchval(_SQL.approved, tenant, record.approved.id, now)
            if answer is not None:
                return Suggestion(text=answer, sources=[], origin="approved")
        if record.passages:
            return _of_passage(record.passages[0], asked)
    return None


def _of_passage(best: _Passage, asked: str) -> Suggestion:
    text = telling(best.text, asked)
    source = SourceView(title=best.title, uri=best.uri, quote=text, score=best.score)
    return Suggestion(text=text, sources=[source], origin="passage")


def _card(
    row: Row, turns: Sequence[_Turn], told: tuple[Memory, str, Sequence[Message]]
) -> Card | None:
    if row.handoff is None:
        return None
    memory, first, words = told
    return Card(
        customer=row.customer_name,
        reason=row.handoff.reason,
        requested_at=row.handoff.requested_at,
        summary=summary(memory, first, words),
        facts=[
            FactView(kind=one.kind.value, text=one.text, seq=one.seq)
            for one in facts(memory, words)
        ],
        tried=[_tried(turn) for turn in turns],
    )


def _tried(turn: _Turn) -> Tried:
    record, row = turn.record, turn.row
    return Tried(
        turn=row["id"],
        at=row["at"],
        decision=row["decision"],
        confidence=round(row["confidence"], 3),
        intent=record.intent.label,
        rule=record.rule,
        looked_for=record.looked_for,
        sources=_cited(row["sources"])
        or [
            Cited(title=one.title, uri=one.uri, quote=one.text[:_QUOTE])
            for one in record.passages[:3]
        ],
        tools=[ToolView(tool=one.tool, outcome=one.outcome) for one in record.tools],
    )


def _cited(stored: Sequence[str]) -> list[Cited]:
    return [
        Cited(title=one.title, uri=one.uri, quote=one.quote)
        for column in stored
        for one in decode_sources(column)
    ]
