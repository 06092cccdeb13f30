"""Builders of values: each names only what matters to the test."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from core.domain.answers import NOTHING_FOUND, Draft, Findings, Passage, Sentence, Source
from core.domain.conversation import Bot, Conversation, Owner, TurnContext
from core.domain.ids import (
    ConversationId,
    CustomerId,
    DocumentId,
    EventId,
    PassageId,
    TenantId,
)
from core.domain.messages import Author, Channel, InboundMessage, Message
from core.domain.understanding import Judged, Understanding
from core.turn.weigh import Case

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
TENANT = TenantId("default")


def a_conversation(
    *, owner: Owner | None = None, epoch: int = 0, language: str = "en"
) -> Conversation:
    return Conversation(
        id=ConversationId(uuid4()),
        tenant=TENANT,
        channel=Channel.WEB,
        customer=CustomerId("visitor"),
        owner=owner or Bot(),
        epoch=epoch,
        seq=1,
        covered=0,
        language=language,
    )


def a_message(
    text: str = "Where is my order?", *, seq: int = 1, author: Author = Author.CUSTOMER
) -> Message:
    return Message(
        conversation=ConversationId(UUID(int=1)), seq=seq, author=author, text=text, at=NOON
    )


def an_inbound_message(
    conversation: ConversationId, text: str = "Where is my order?", *, event: str = "e1"
) -> InboundMessage:
    return InboundMessage(
        tenant=TENANT,
        channel=Channel.WEB,
        conversation=conversation,
        event=EventId(event),
        text=text,
        sent_at=NOON,
    )


def a_context(
    text: str = "Where is my order?",
    *,
    owner: Owner | None = None,
    history: tuple[Message, ...] = (),
) -> TurnContext:
    return TurnContext(
        conversation=a_conversation(owner=owner),
        history=history,
        waiting=(a_message(text, seq=len(history) + 1),),
    )


def an_understanding(intent: str = "question", language: str = "en") -> Understanding:
    return Understanding(language=Judged(language, 1.0), intent=Judged(intent, 1.0))


def a_passage(text: str = "Parcels take two days.", *, score: float = 0.9) -> Passage:
    return Passage(
        id=PassageId(uuid4()),
        document=DocumentId(uuid4()),
        title="Delivery",
        uri="help/delivery.md",
        heading=("Delivery",),
        page=None,
        text=text,
        sentences=(Sentence(text=text, similarity=0.8),),
        score=score,
        parts={"cosine": 0.8, "bm25": 3.2},
    )


def findings(
    *passages: Passage, confidence: float = 0.9, looked_for: tuple[str, ...] = ("order",)
) -> Findings:
    return Findings(
        passages=passages, confidence=confidence, looked_for=looked_for, knowledge_version=1
    )


def a_draft(text: str = "Parcels take two days. [1]") -> Draft:
    source = Source(
        title="Delivery", uri="help/delivery.md", quote="Parcels take two days.", score=0.9
    )
    return Draft(text=text, sources=(source,), written_by="extract", prompt_version="")


def a_case(context: TurnContext | None = None, found: Findings = NOTHING_FOUND) -> Case:
    return Case(
        at=NOON,
        context=context or a_context(),
        understanding=an_understanding(),
        findings=found,
    )
