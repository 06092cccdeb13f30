"""Lines of text on pages: running heads dropped, headings and paragraphs told apart."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from knowledge.parsers.paragraphs import BULLET

_EDGE = 2  # lines at the top and at the bottom where running heads stand
_FEWEST_PAGES = 3
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"(?i)(?:(?:page|seite|p\.)\s*)?[-–—]?\s*\d{1,4}\s*[-–—]?(?:\s*(?:of|/|von)\s*\d{1,4})?"
    r"|第\s*\d{1,4}\s*页(?:\s*[/,，]?\s*共\s*\d{1,4}\s*页)?"
)
_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,3})\.?\s+\S")
_SENTENCE_END = (".", "!", "?", ":", ";", ",", "。", "！", "？", "；", "，", "：")
_LONGEST_HEADING = 100
_LONGEST_NUMBERED = 80
_LARGER = 1.12
_DISPLAY = 1.4  # type this large is no sentence even with a full stop
_WIDE_GAP = 1.3
_CLOSE, _DOUBLE = 1.2, 2.5  # from line to line, in sizes of the type


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of text as it is drawn."""

    text: str
    size: float
    """Of its type, in points."""
    height: float
    """Above the bottom of the page, in points."""
    bold: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Lines that belong together: a heading or a paragraph."""

    page: int
    level: int
    """1 for the outermost headings; 0 for text."""
    lines: tuple[Line, ...]


def without_running_lines(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without page numbers and without what stands at the edge of most of them."""
    edges = [_edge(page) for page in pages]
    seen = Counter(key for edge in edges for key in {_key(line) for line in edge})
    repeated: set[str] = set()
    if len(pages) >= _FEWEST_PAGES:
        repeated = {key for key, count in seen.items() if count > len(pages) / 2}
    kept = []
    for page, edge in zip(pages, edges, strict=True):
        dropped = {
            id(line)
            for line in edge
            if _key(line) in repeated
            or (len(pages) > 1 and _PAGE_NUMBER.fullmatch(line.text.strip()))
        }
        kept.append([line for line in page if id(line) not in dropped])
    return kept


def _edge(page: Sequence[Line]) -> list[Line]:
    ordered = sorted(page, key=lambda line: line.height)
    return [*ordered[:_EDGE], *ordered[max(_EDGE, len(ordered) - _EDGE) :]]


def _key(line: Line) -> str:
    """Equal for `Page 3` and `Page 4`."""
    return _DIGITS.sub("#", line.text.casefold()).strip()


def blocks_of(pages: Sequence[Sequence[Line]]) -> Iterator[Block]:
    """Headings and paragraphs in order; a paragraph goes on over the end of its page."""
    look = _Look(pages)
    open_lines: list[Line] = []
    open_page, open_level = 1, 0
    for number, page in enumerate(pages, start=1):
        for at, line in enumerate(page):
            before = open_lines[-1] if open_lines else None
            level = look.level(page, at)
            if before and level == open_level and look.joined(before, line, turned=at == 0):
                open_lines.append(line)
                continue
            if open_lines:
                yield Block(page=open_page, level=open_level, lines=tuple(open_lines))
            open_lines, open_page, open_level = [line], number, level
    if open_lines:
        yield Block(page=open_page, level=open_level, lines=tuple(open_lines))


class _Look:
    """What is usual in one document: the size of its text and the distance of its lines."""

    def __init__(self, pages: Sequence[Sequence[Line]]) -> None:
        lines = [line for page in pages for line in page]
        sizes: Counter[float] = Counter()
        for line in lines:
            sizes[_rounded(line.size)] += len(line.text)
        self._body = sizes.most_common(1)[0][0] if sizes else 0.0
        body_lines = [line for line in lines if _rounded(line.size) == self._body]
        self._bold_body = 2 * sum(line.bold for line in body_lines) > len(body_lines)
        steps = [
            above.height - below.height
            for page in pages
            for above, below in pairwise(page)
            if _rounded(above.size) == _rounded(below.size) == self._body
        ]
        usual = median([step for step in steps if step > 0] or [_CLOSE * self._body])
        self._leading = min(usual, _DOUBLE * self._body)
        larger = {_rounded(line.size) for line in lines if self._is_larger(line)}
        self._sizes = sorted(larger, reverse=True)[:4]

    def level(self, page: Sequence[Line], at: int) -> int:
        """The level of the heading that this line is (part of); 0 for text."""
        line = page[at]
        if len(line.text) > _LONGEST_HEADING or not any(map(str.isalpha, line.text)):
            return 0
        sentence = line.text.endswith(_SENTENCE_END[:1]) and line.size < _DISPLAY * self._body
        if self._is_larger(line) and not sentence:
            size = _rounded(line.size)
            return self._sizes.index(size) + 1 if size in self._sizes else len(self._sizes)
        if line.text.endswith(_SENTENCE_END) or line.size < self._body - 1:
            return 0
        if line.bold and not self._bold_body:
            return len(self._sizes) + 1
        return self._numbered(page, at) if not self._sizes else 0

    def joined(self, above: Line, below: Line, *, turned: bool) -> bool:
        """Whether both are of one block."""
        if abs(above.size - below.size) > 0.1 * max(above.size, 1):
            return False
        if turned:
            unfinished = not above.text.endswith(_SENTENCE_END)
            return unfinished and below.text[:1].islower()
        gap = above.height - below.height
        usual = self._leading * max(1.0, above.size / max(self._body, 1.0))
        return 0 <= gap <= _WIDE_GAP * usual

    def _is_larger(self, line: Line) -> bool:
        return _rounded(line.size) >= _LARGER * self._body

    def _numbered(self, page: Sequence[Line], at: int) -> int:
        """Where all is of one size, a short numbered line that is no item of a list."""
        found = _NUMBERED.match(page[at].text)
        if not found or len(page[at].text) > _LONGEST_NUMBERED or at + 1 >= len(page):
            return 0
        follows = page[at + 1].text
        if BULLET.match(follows) or _NUMBERED.match(follows):
            return 0
        return 1 + found[1].count(".")


def _rounded(size: float) -> float:
    return round(size * 2) / 2
