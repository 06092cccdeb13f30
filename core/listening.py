"""Who listens to which conversation in this process: bounded queues, newest signs win."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from core.domain.events import Delta, LiveEvent, Stored
from core.domain.ids import ConversationId
from core.ports import Listening

_MOST = 200
"""Events one listener keeps; a listener so far behind reads the transcript anyway."""
_MOST_OF_ALL = 20_000
"""The same for one who hears every conversation."""


class Queue(Listening):
    """One listener's events.

    Neighbouring deltas of one turn become one, and of several `Stored` the greatest stays, so
    a slow listener costs the text of one answer.
    """

    __slots__ = ("_events", "_most", "_news")  # there is one for each socket

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._events: list[LiveEvent] = []
        self._news: asyncio.Future[None] | None = None

    def put(self, event: LiveEvent) -> None:
        """Add an event; the oldest makes room when there is none."""
        last = self._events[-1] if self._events else None
        merged = None if last is None else _merged(last, event)
        if merged is None:
            self._events.append(event)
            if len(self._events) > self._most:
                del self._events[0]
        else:
            self._events[-1] = merged
        if self._news is not None:
            _wake(self._news)

    async def next(self, timeout_s: float) -> LiveEvent | None:
        if not self._events:
            loop = asyncio.get_running_loop()
            self._news = loop.create_future()
            late = loop.call_later(
                timeout_s, _wake, self._news
            )  # a quarter of what a timeout costs
            try:
                await self._news
            finally:
                late.cancel()
                self._news = None
        return self._events.pop(0) if self._events else None


class Listeners:
    """The queues of this process, by conversation."""

    def __init__(self) -> None:
        self._queues: dict[ConversationId, set[Queue]] = {}
        self._of_all: set[Queue] = set()

    def tell(self, event: LiveEvent) -> None:
        """Put the event into the queue of everyone who listens to its conversation, or to all."""
        for queue in self._queues.get(event.conversation, ()):
            queue.put(event)
        for queue in self._of_all:
            queue.put(event)

    @asynccontextmanager
    async def listen(self, conversation: ConversationId) -> AsyncIterator[Listening]:
        """A queue that hears the conversation for as long as the context is open."""
        queue = Queue()
        self._queues.setdefault(conversation, set()).add(queue)
        try:
            yield queue
        finally:
            others = self._queues[conversation]
            others.discard(queue)
            if not others:
                del self._queues[conversation]

    @asynccontextmanager
    async def overhear(self) -> AsyncIterator[Listening]:
        """A queue that hears every conversation for as long as the context is open."""
        queue = Queue(_MOST_OF_ALL)
        self._of_all.add(queue)
        try:
            yield queue
        finally:
            self._of_all.discard(queue)


def _wake(news: asyncio.Future[None]) -> None:
    if not news.done():
        news.set_result(None)


def _merged(last: LiveEvent, event: LiveEvent) -> LiveEvent | None:
    """The two as one; None when both must be heard."""
    if last.conversation != event.conversation:
        return None
    if isinstance(last, Delta) and isinstance(event, Delta):
        if last.turn == event.turn and event.at == last.at + len(last.text):
            return replace(last, text=last.text + event.text)
    elif isinstance(last, Stored) and isinstance(event, Stored):
        return _later(last, event)
    elif last == event:
        return last
    return None


def _later(last: Stored, event: Stored) -> Stored:
    """Both as one; the messages of both where they follow one another."""
    if last.seq >= event.seq:
        return last
    if last.messages and event.messages and event.messages[0].seq == last.seq + 1:
        return replace(event, messages=(*last.messages, *event.messages))
    return event
