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
    confidence: float = 0.0
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

    def __init__(self, database: Database, suggest_from: float) -> None:
        """Read from a store.

        Args:
            database: where the talks are.
            suggest_from: confidence in the passages from which the bot itself would have
                answered, 0 to 1; under it no words are suggested to an agent either.
        """
        self._database = database
        self._suggest_from = suggest_from

    async def of(self, tenant: TenantId, row: Row, now: datetime) -> Brief:
        """Of the conversation of a row; there is no card where nobody asked for a person."""
        conversation = ConversationId(row.id)
        async with self._database.as_tenant(tenant) as connection:
            turns = await _turns(connection, tenant, conversation)
            words = await _words(connection, tenant, conversation)
            first = await connection.fetchval(_SQL.first, tenant, conversation)
            memory = await _memory(connection, tenant, conversation)
            mood = await connection.fetchrow(_SQL.mood, tenant, conversation)
            approved = await _approved(connection, tenant, turns, now)
        card = await asyncio.to_thread(_card, row, turns, (memory, first or "", words))
        return Brief(
            card=card,
            mood=MoodView(
                emotion=turns[-1].record.emotion.label if turns else "unknown",
                frustration=round(mood["frustration"], 3),
                unknowns=mood["unknowns"],
            ),
            suggestion=approved or _of_passage(turns, words, self._suggest_from),
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


def _searched(turns: Sequence[_Turn]) -> _Turn | None:
    """The latest turn that found something; what was asked before it is no longer asked."""
    found = (one for one in reversed(turns) if one.record.approved or one.record.passages)
    return next(found, None)


async def _approved(
    connection: Connection, tenant: TenantId, turns: Sequence[_Turn], now: datetime
) -> Suggestion | None:
    """An approved answer that was near, while it is good."""
    turn = _searched(turns)
    if turn is None or turn.record.approved is None:
        return None
    answer = await connection.fetchval(_SQL.approved, tenant, turn.record.approved.id, now)
    return Suggestion(text=answer, sources=[], origin="approved") if answer else None


def _of_passage(
    turns: Sequence[_Turn], words: Sequence[Message], suggest_from: float
) -> Suggestion | None:
    """What the best passage says, where the bot itself would have answered from it."""
    turn = _searched(turns)
    if turn is None or not turn.record.passages or turn.record.confidence < suggest_from:
        return None
    best = turn.record.passages[0]
    asked = next((one.text for one in reversed(words) if one.author is Author.CUSTOMER), "")
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
