"""Stand-ins for what a turn consults: scripted, recording."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from core.domain.answers import Draft, Findings
from core.domain.conversation import TurnContext
from core.domain.events import Delta, LiveEvent
from core.domain.ids import ConversationId, TenantId
from core.domain.understanding import Understanding
from core.ports import Listening, Live, Retriever, Writer


class ScriptedRetriever(Retriever):
    """Finds what it was given, and keeps what it was asked."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    async def retrieve(
        self, tenant: TenantId, question: str, questions_before: Sequence[str]
    ) -> Findings:
        self.asked.append((question, tuple(questions_before)))
        return self.findings


class ScriptedWriter(Writer):
    """Says its pieces; an exception among them is raised in its place."""

    def __init__(self, *pieces: str | Draft | Exception) -> None:
        self.pieces = pieces
        self.closed = 0

    async def write(
        self, context: TurnContext, understanding: Understanding, findings: Findings
    ) -> AsyncIterator[str | Draft]:
        try:
            for piece in self.pieces:
                if isinstance(piece, Exception):
                    raise piece
                yield piece
        finally:
            self.closed += 1


class RecordingLive(Live):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[LiveEvent] = []

    @property
    def shown(self) -> str:
        return "".join(event.text for event in self.told if isinstance(event, Delta))

    def tell(self, event: LiveEvent) -> None:
        self.told.append(event)

    @asynccontextmanager
    async def listen(self, conversation: ConversationId) -> AsyncIterator[Listening]:
        raise NotImplementedError
        yield
