"""What a chat prints: answers as they come, then their sources."""

import sys
from typing import TextIO
from uuid import UUID

from channels.web.protocol import DeltaFrame, MessageFrame, SourceFrame

_LONGEST_QUOTE = 100
_DIM, _BOLD, _PLAIN = "\x1b[2m", "\x1b[1m", "\x1b[0m"


class Screen:
    """Prints frames in the order they come; a message replaces the deltas of its turn."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._colours = self._out.isatty()
        self._turn: UUID | None = None
        self._shown = ""

    def delta(self, frame: DeltaFrame) -> None:
        """A piece of an answer."""
        if frame.turn != self._turn:
            self._end_line()
            self._turn, self._shown = frame.turn, ""
            self._write(self._paint(_BOLD, "bot  "))
        piece = printable(frame.text)
        self._shown += piece
        self._write(piece)

    def message(self, frame: MessageFrame) -> None:
        """A stored message, with its sources."""
        text = printable(frame.text)
        if frame.turn is not None and frame.turn == self._turn:
            self._finish(text)
        else:
            self._end_line()
            self._write(self._paint(_BOLD, f"{frame.author:<5}") + text + "\n")
        self._turn, self._shown = None, ""
        for number, source in enumerate(frame.sources, start=1):
            self._write(self._paint(_DIM, _source(number, source)) + "\n")

    def note(self, sentence: str) -> None:
        """A sentence of the program itself."""
        self._end_line()
        self._write(self._paint(_DIM, sentence) + "\n")

    def _finish(self, text: str) -> None:
        """Complete what the deltas showed; when they showed something else, show it whole."""
        if text.startswith(self._shown):
            self._write(text[len(self._shown) :] + "\n")
            return
        self._write("\n" + self._paint(_BOLD, "bot  ") + text + "\n")

    def _end_line(self) -> None:
        if self._shown:
            self._write("\n")
            self._turn, self._shown = None, ""

    def _paint(self, style: str, text: str) -> str:
        return f"{style}{text}{_PLAIN}" if self._colours else text

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()


def printable(text: str) -> str:
    """The text without control characters, which would command the terminal."""
    return "".join(letter for letter in text if letter >= " " or letter in "\n\t")


def _source(number: int, source: SourceFrame) -> str:
    quote = " ".join(source.quote.split())
    short = quote if len(quote) <= _LONGEST_QUOTE else quote[: _LONGEST_QUOTE - 1] + "…"
    return printable(f"     [{number}] {source.title} ({source.uri}): “{short}”")
