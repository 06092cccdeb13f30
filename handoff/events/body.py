"""What other desks are told, version 1: JSON, the same bytes each time; only fields are added."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from handoff.console.views import FactView, MoodView, Suggestion, Tried
from handoff.postgres.briefs import Brief
from handoff.postgres.events import Event


class HandoffBody(msgspec.Struct, frozen=True, kw_only=True):
    """The handoff as it was at that moment."""

    id: UUID
    version: int
    """Of two events of one handoff the later one has the higher one."""
    state: str
    epoch: int
    """The conversation's; an act through the API names it."""
    reason: str
    team: str
    language: str
    skills: list[str]
    priority: int
    requested_at: datetime
    taken_at: datetime | None
    ended_at: datetime | None


class ConversationBody(msgspec.Struct, frozen=True, kw_only=True):
    """Where it is; `customer` is what the channel calls them, null once they are forgotten."""

    id: UUID
    channel: str
    customer: str | None


class AgentBody(msgspec.Struct, frozen=True, kw_only=True):
    """Who has it, or had it."""

    id: UUID
    name: str | None


class BriefingBody(msgspec.Struct, frozen=True, kw_only=True):
    """What an agent reads first, here as in the console."""

    summary: list[str]
    facts: list[FactView]
    tried: list[Tried]
    mood: MoodView
    suggestion: Suggestion | None


class EventBody(msgspec.Struct, frozen=True, kw_only=True):
    """One event."""

    id: UUID
    """The same however often it is sent."""
    type: str
    v: int = 1
    at: datetime
    tenant: str
    cause: str
    """Why it failed, how it was completed, or why it is requested again; else empty."""
    handoff: HandoffBody
    conversation: ConversationBody
    agent: AgentBody | None
    briefing: BriefingBody | None


class _Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What migration 0021 writes."""

    at: datetime
    cause: str
    state: str
    epoch: int
    conversation: UUID
    channel: str
    reason: str
    team: str
    language: str
    skills: list[str]
    priority: int
    requested_at: datetime
    taken_at: datetime | None
    ended_at: datetime | None
    agent: UUID | None
    agent_name: str | None
    customer: str | None = None


def body_of(event: Event, brief: Brief | None) -> bytes:
    """The body of a call; without a brief there is no briefing in it."""
    facts = msgspec.convert(event.facts, _Facts)
    shared = _fields(facts)
    agent = None if facts.agent is None else AgentBody(id=facts.agent, name=facts.agent_name)
    told = EventBody(
        id=event.id,
        type=event.kind,
        at=facts.at,
        tenant=event.tenant,
        cause=facts.cause,
        handoff=msgspec.convert(
            {**shared, "id": event.handoff, "version": event.version}, HandoffBody
        ),
        conversation=ConversationBody(
            id=facts.conversation, channel=facts.channel, customer=facts.customer
        ),
        agent=agent,
        briefing=_briefing(brief),
    )
    return msgspec.json.encode(told)


def _fields(facts: _Facts) -> Mapping[str, Any]:
    return {name: getattr(facts, name) for name in facts.__struct_fields__}


def _briefing(brief: Brief | None) -> BriefingBody | None:
    if brief is None:
        return None
    card = brief.card
    return BriefingBody(
        summary=[] if card is None else card.summary,
        facts=[] if card is None else card.facts,
        tried=[] if card is None else card.tried,
        mood=brief.mood,
        suggestion=brief.suggestion,
    )
