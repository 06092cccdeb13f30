"""What the API takes and answers, version 1; it changes only by adding."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from channels.api.customers import CustomerBody, Id
from channels.choices import ChoiceName, choice_name
from channels.contract import MAX_TEXT
from channels.markdown.html import to_html
from core.domain.answers import Source
from core.domain.messages import Message
from core.domain.turns import TurnView
from core.domain.understanding import Judged, Understanding

Decision = Literal["reply", "ask_back", "decline", "hand_off", "pass_to_agent", "stay_silent"]
_Text = Annotated[
    str,
    Meta(min_length=1, max_length=MAX_TEXT, pattern=r"\S", description="The customer's words."),
]
_Conversation = Annotated[
    UUID, Meta(description="Goes on in this conversation; without it one is begun.")
]
_Temperature = Annotated[
    float,
    Meta(
        ge=0,
        le=2,
        description="Taken for models that write answers; an extracted answer has no use for it.",
    ),
]
_Tenant = Annotated[
    str, Meta(max_length=63, description="The brand that is asked; without it the default one.")
]


class ChatRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question."""

    query: _Text
    conversation: _Conversation | None = None
    temperature: _Temperature | None = None
    tenant: _Tenant | None = None
    customer: CustomerBody | None = None


class SourceBody(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer rests on: `[1]` in its text is the first."""

    title: str
    uri: str
    quote: str
    score: float


class JudgedBody(msgspec.Struct, frozen=True, kw_only=True):
    """A label and how sure its judge is, 0 to 1."""

    label: str
    confidence: float


class UnderstandingBody(msgspec.Struct, frozen=True, kw_only=True):
    """How the question was understood."""

    language: JudgedBody
    intent: JudgedBody
    emotion: JudgedBody
    frustration: float
    """Of the customer by now, 0 to 1."""


class ChatAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a question; empty when a person has the conversation."""

    answer: str
    sources: list[SourceBody]
    conversation: UUID
    turn: UUID
    decision: Decision
    confidence: Annotated[float, Meta(description="The chance that the documents answer it.")]
    understanding: UnderstandingBody


class DeltaBody(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of an answer while it is written (`delta` events)."""

    turn: UUID
    text: str


class FeedbackRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a customer thinks of an answer."""

    turn: UUID
    thumb: Literal["up", "down"]
    reason: Annotated[str, Meta(max_length=50)] | None = None
    comment: Annotated[str, Meta(max_length=2000)] | None = None
    tenant: _Tenant | None = None


class FeedbackAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict that stands now."""

    turn: UUID
    thumb: Literal["up", "down"]


class MessageBody(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a conversation."""

    seq: int
    author: Literal["customer", "bot", "agent", "system"]
    text: str
    html: str
    sources: list[SourceBody]
    turn: UUID | None
    at: datetime
    choice: ChoiceName | None = None
    """What may be offered below it, about this handoff."""
    handoff: UUID | None = None
    name: Annotated[str, Meta(description="Of the agent, as customers read it.")] | None = None


class Messages(msgspec.Struct, frozen=True, kw_only=True):
    """Messages behind a cursor, in order."""

    conversation: UUID
    messages: list[MessageBody]
    more: Annotated[bool, Meta(description="Ask again from the last `seq`.")]


class ChatParameters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question in an address."""

    query: _Text
    conversation: _Conversation | None = None
    temperature: _Temperature | None = None
    tenant: _Tenant | None = None
    customer: Id | None = None


class ConversationPath(msgspec.Struct, frozen=True, kw_only=True):
    """Which conversation."""

    id: UUID


class MessagesParameters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From where."""

    since: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0
    tenant: _Tenant | None = None


def answer_text(said: Iterable[Message]) -> str:
    """All that a turn said, as one text."""
    return "\n\n".join(message.text for message in said)


def chat_answer(turn: TurnView) -> ChatAnswer:
    """The turn as its asker gets it."""
    decision: Decision = msgspec.convert(turn.decision, Decision)
    return ChatAnswer(
        answer=answer_text(turn.said),
        sources=[body for message in turn.said for body in sources(message.sources)],
        conversation=turn.conversation,
        turn=turn.id,
        decision=decision,
        confidence=turn.confidence,
        understanding=_understanding(turn.understanding),
    )


def message_body(message: Message) -> MessageBody:
    """The message as its reader gets it."""
    return MessageBody(
        seq=message.seq,
        author=message.author.value,
        text=message.text,
        html=to_html(message.author, message.text),
        sources=sources(message.sources),
        turn=message.turn,
        at=message.at,
        choice=choice_name(message.choice),
        handoff=message.choice.handoff if message.choice else None,
        name=message.name or None,
    )


def sources(given: Iterable[Source]) -> list[SourceBody]:
    """Sources as they are shown."""
    return [SourceBody(title=s.title, uri=s.uri, quote=s.quote, score=s.score) for s in given]


def _understanding(value: Understanding) -> UnderstandingBody:
    return UnderstandingBody(
        language=_judged(value.language),
        intent=_judged(value.intent),
        emotion=_judged(value.emotion),
        frustration=round(value.frustration, 3),
    )


def _judged(value: Judged) -> JudgedBody:
    return JudgedBody(label=value.label, confidence=value.confidence)
