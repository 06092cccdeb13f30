"""Collects the sections of a document under their headings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from knowledge.documents import Pair, Prose, Section, Table
from knowledge.parsers.limits import Limits, Unreadable, check_wanted
from knowledge.parsers.normalise import normalise, squeeze

_LONGEST_HEADING = 300
_DEEPEST_HEADING = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What a parser found; title and language are empty when the document states none."""

    title: str
    language: str
    sections: tuple[Section, ...]


class Outline:
    """A document as it grows from top to bottom; all its text is normalised here."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._left = limits.characters
        self._path: list[tuple[int, str]] = []
        self._sections: list[Section] = []
        self._bare = False
        self._open: list[str] = []
        self.page: int | None = None

    @property
    def cells(self) -> int:
        """The most cells that one table may have."""
        return self._limits.cells

    def turn_to(self, page: int) -> None:
        """What follows stands on this page, counted from 1."""
        self._close()
        self.page = page

    def head(self, level: int, text: str) -> None:
        """A heading; 1 is the outermost level. One as long as a paragraph is taken as prose."""
        text = squeeze(text)
        if not text:
            return
        if len(text) > _LONGEST_HEADING:
            self.prose(text)
            return
        self._spend(len(text))
        self._close()
        level = max(1, min(level, _DEEPEST_HEADING))
        while self._path and self._path[-1][0] >= level:
            self._leave()
        self._path.append((level, text))
        self._bare = True

    def prose(self, text: str) -> None:
        """One or more paragraphs."""
        text = normalise(text)
        if text:
            self._spend(len(text))
            self._open.append(text)
            self._bare = False

    def table(self, rows: Iterable[Sequence[str]]) -> None:
        """Rows of cells, the first naming the columns; short rows are filled up."""
        cleaned = [[squeeze(cell) for cell in row] for row in rows]
        cleaned = [row for row in cleaned if any(row)]
        width = max(map(len, cleaned), default=0)
        if width * len(cleaned) > self._limits.cells:
            raise Unreadable(f"it has a table of more than {self._limits.cells:,} cells")
        if not cleaned:
            return
        self._spend(sum(len(cell) for row in cleaned for cell in row))
        filled = (tuple(row) + ("",) * (width - len(row)) for row in cleaned)
        self._add(Table(tuple(filled)))

    def pair(self, question: str, answer: str) -> None:
        """A question with its answer; dropped when either is empty."""
        question, answer = squeeze(question), normalise(answer)
        if question and answer:
            self._spend(len(question) + len(answer))
            self._add(Pair(question, answer))

    def sections(self) -> tuple[Section, ...]:
        """All of it, in order. A heading with nothing below it stands as prose."""
        self._close()
        while self._path:
            self._leave()
        return tuple(self._sections)

    def _leave(self) -> None:
        """Step out of the innermost heading, keeping its words if it had no body."""
        _, text = self._path.pop()
        if self._bare:
            self._open.append(text)
            self._close()
            self._bare = False

    def _close(self) -> None:
        if self._open:
            text, self._open = "\n\n".join(self._open), []
            self._append(Prose(text))

    def _add(self, body: Table | Pair) -> None:
        self._close()
        self._append(body)
        self._bare = False

    def _append(self, body: Prose | Table | Pair) -> None:
        heading = tuple(text for _, text in self._path)
        self._sections.append(Section(heading=heading, body=body, page=self.page))

    def _spend(self, characters: int) -> None:
        check_wanted()
        self._left -= characters
        if self._left < 0:
            raise Unreadable(f"it has more than {self._limits.characters:,} characters of text")
