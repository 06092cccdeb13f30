"""A chat: a person's keyboard and screen in this thread, the line in another.

The line has its event loop to itself, so that reading a line may block and Ctrl-C is an ordinary
exception wherever it comes.
"""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, Literal, TypeVar, cast
from uuid import UUID

from channels.web.protocol import (
    AcceptedFrame,
    DeltaFrame,
    ErrorFrame,
    MessageFrame,
    Rated,
    ServerFrame,
    StateFrame,
)
from core.domain.errors import RetryableError
from deploy.terminal.keyboard import THUMBS, lines
from deploy.terminal.line import Line
from deploy.terminal.screen import Screen

PATIENCE_S = 60
_RATING_S = 5
_PERSON_S = 3  # a person answers whenever they do; what the bot says, it says at once
_T = TypeVar("_T")


class Conversing:
    """One person talking."""

    def __init__(self, url: str, tenant: str | None, screen: Screen) -> None:
        self._screen = screen
        self._line = Line(url, tenant, self._hear)
        self._asked_seq = 0
        self._owner = "bot"
        self._last: UUID | None = None
        self._answered = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def run(self) -> None:
        """Talk until there is no more input, or Ctrl-C. Blocks.

        Raises:
            SetupError: the service cannot be reached.
        """
        self._thread.start()
        holding = self._start(self._line.hold())
        holding.add_done_callback(lambda _: self._answered.set())
        try:
            while not holding.done():
                try:
                    line = lines(may_rate=self._last is not None)
                except EOFError:
                    break
                self._act(line.strip(), holding)
            if holding.done():
                holding.result()
        finally:
            self._end(holding)

    def _act(self, line: str, holding: "Future[None]") -> None:
        if line in THUMBS and self._last is not None:
            self._rate(self._last, line)
        elif line:
            self._ask(line, holding)

    def _ask(self, text: str, holding: "Future[None]") -> None:
        self._answered.clear()
        self._last = None
        self._start(self._line.say(text)).result()
        if holding.done():
            return
        if not self._answered.wait(PATIENCE_S if self._owner == "bot" else _PERSON_S):
            self._screen.note("no answer yet; it will appear here when it comes")

    def _rate(self, turn: UUID, key: str) -> None:
        thumb = cast("Literal['up', 'down']", THUMBS[key])
        self._answered.clear()
        with suppress(RetryableError):
            self._start(self._line.rate(turn, thumb)).result()
            if self._answered.wait(_RATING_S):
                self._last = None
                return
        self._screen.note("the rating did not arrive; press the key again")

    def _hear(self, frame: ServerFrame) -> None:
        match frame:
            case AcceptedFrame(seq=seq):
                self._asked_seq = seq
            case MessageFrame(author="customer"):
                return
            case StateFrame(owner=owner):
                self._owner = owner
            case MessageFrame(turn=turn):
                self._last = turn
            case _:
                pass
        _show(frame, self._screen)
        if self._is_answer(frame):
            self._answered.set()

    def _is_answer(self, frame: ServerFrame) -> bool:
        """Whether there is nothing more to wait for before the next line is read."""
        match frame:
            case MessageFrame(seq=seq):
                return seq > self._asked_seq
            case _:
                return isinstance(frame, Rated | ErrorFrame)

    def _start(self, work: Coroutine[Any, Any, _T]) -> "Future[_T]":
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def _end(self, holding: "Future[None]") -> None:
        holding.cancel()
        with suppress(TimeoutError):
            self._start(_settle()).result(3)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(3)
        self._loop.close()


def _show(frame: ServerFrame, screen: Screen) -> None:
    match frame:
        case DeltaFrame():
            screen.delta(frame)
        case MessageFrame():
            screen.message(frame)
        case Rated(thumb=thumb):
            screen.note("thank you" if thumb == "up" else "thank you; noted")
        case ErrorFrame(text=text):
            screen.note(text)
        case _:
            pass


async def _settle() -> None:
    """Until everything else on this loop has ended."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.wait(others, timeout=2) if others else None
