"""Stand-ins for what a turn consults: scripted, recording."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
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
        self._news = asyncio.Event()

    @property
    def shown(self) -> str:
        return "".join(event.text for event in self.told if isinstance(event, Delta))

    def tell(self, event: LiveEvent) -> None:
        self.told.append(event)
        self._news.set()

    async def until_shown(self) -> None:
        """Until somebody could read a word."""
        async with asyncio.timeout(20):
            while not self.shown:
                self._news.clear()
                await self._news.wait()

    @asynccontextmanager
    async def listen(self, conversation: ConversationId) -> AsyncIterator[Listening]:
        raise NotImplementedError
        yield

    @asynccontextmanager
    async def overhear(self) -> AsyncIterator[Listening]:
        raise NotImplementedError
        yield


class GatedWriter(Writer):
    """Answers when the test lets it: `first` before the first piece, `rest` before the draft."""

    def __init__(self) -> None:
        self.first = asyncio.Event()
        self.rest = asyncio.Event()
        self.asked: list[str] = []
        self.most = 0
        """So many times `before_first` is called."""
        self.before_first: Callable[[], Awaitable[object]] | None = None
        self.cut: list[str] = []
        """Questions whose writing was ended before its draft."""
        self._begun = asyncio.Condition()

    async def write(
        self, context: TurnContext, understanding: Understanding, findings: Findings
    ) -> AsyncIterator[str | Draft]:
        async with self._begun:
            self.asked.append(context.question)
            self._begun.notify_all()
        answer = f"About {context.question!r}: two days."
        try:
            await self.first.wait()
            if self.before_first and len(self.asked) <= self.most:
                await self.before_first()
            yield answer[:6]
            await self.rest.wait()
            yield answer[6:]
        except BaseException:
            self.cut.append(context.question)
            raise
        yield Draft(text=answer, sources=(), written_by="gated", prompt_version="")

    def open(self) -> None:
        """Let it answer without a pause from now on."""
        self.first.set()
        self.rest.set()

    async def until_asked(self, times: int) -> None:
        async with asyncio.timeout(20), self._begun:
            await self._begun.wait_for(lambda: len(self.asked) >= times)


class Certain(Retriever):
    """Finds nothing, and is sure of it: the writer is asked all the same."""

    async def retrieve(
        self, tenant: TenantId, question: str, questions_before: Sequence[str]
    ) -> Findings:
        return Findings(passages=(), confidence=1.0, looked_for=(), knowledge_version=0)
