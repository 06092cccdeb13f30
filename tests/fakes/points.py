"""Ports that stop at every point where a turn awaits, for a test to do something there."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace

from core.domain.answers import Draft, Findings
from core.domain.conversation import Standing, TurnContext
from core.domain.ids import ConversationId, TenantId
from core.domain.turns import MoreWaits, Remembered, TurnRecord
from core.domain.understanding import Understanding
from core.ports import ConversationStore, Retriever, Understander, Writer
from core.turn.walk import Walk

At = Callable[[str], Awaitable[None]]
"""Called with the point's name; what it raises, the turn meets there."""
POINTS = (
    "before load",
    "after load",
    "before understand",
    "after understand",
    "before retrieve",
    "after retrieve",
    "before write",
    "before piece",
    "before standing",
    "after standing",
    "after piece",
    "before draft",
    "before remember",
    "after remember",
)
"""In the order of a turn that answers."""


class StoreWithPoints(ConversationStore):
    def __init__(self, store: ConversationStore, at: At) -> None:
        self._store = store
        self._at = at

    async def load(
        self, tenant: TenantId, conversation: ConversationId, history: int
    ) -> TurnContext:
        await self._at("before load")
        found = await self._store.load(tenant, conversation, history)
        await self._at("after load")
        return found

    async def standing(self, tenant: TenantId, conversation: ConversationId) -> Standing:
        await self._at("before standing")
        found = await self._store.standing(tenant, conversation)
        await self._at("after standing")
        return found

    async def remember(self, record: TurnRecord) -> Remembered | MoreWaits | None:
        await self._at("before remember")
        stored = await self._store.remember(record)
        await self._at("after remember")
        return stored


class UnderstanderWithPoints(Understander):
    def __init__(self, understander: Understander, at: At) -> None:
        self._understander = understander
        self._at = at

    async def understand(self, context: TurnContext) -> Understanding:
        await self._at("before understand")
        found = await self._understander.understand(context)
        await self._at("after understand")
        return found


class RetrieverWithPoints(Retriever):
    def __init__(self, retriever: Retriever, at: At) -> None:
        self._retriever = retriever
        self._at = at

    async def retrieve(
        self, tenant: TenantId, question: str, questions_before: Sequence[str]
    ) -> Findings:
        await self._at("before retrieve")
        found = await self._retriever.retrieve(tenant, question, questions_before)
        await self._at("after retrieve")
        return found


class WriterWithPoints(Writer):
    """Says two words and repeats the question."""

    def __init__(self, at: At) -> None:
        self._at = at

    async def write(
        self, context: TurnContext, understanding: Understanding, findings: Findings
    ) -> AsyncIterator[str | Draft]:
        await self._at("before write")
        text = f"You asked: {context.question}"
        await self._at("before piece")
        yield text[:4]
        await self._at("after piece")
        yield text[4:]
        await self._at("before draft")
        yield Draft(text=text, sources=(), written_by="points", prompt_version="")


def with_points(walk: Walk, at: At) -> Walk:
    """The same walk, which stops at every point."""
    return replace(
        walk,
        conversations=StoreWithPoints(walk.conversations, at),
        understander=UnderstanderWithPoints(walk.understander, at),
        retriever=RetrieverWithPoints(walk.retriever, at),
        writer=WriterWithPoints(at),
    )
