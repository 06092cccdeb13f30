"""Cuts a document into chunks at its headings and sentences, within a budget of tokens. Pure."""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import sentencex

from knowledge.documents import Chunk, Document, Pair, Prose, Section, Table

SPLIT_VERSION = 1
"""Raise it with any change that cuts a document otherwise: documents are then put anew."""
BUDGET = 200
"""Tokens of a chunk; with its headings it stays below the 256 that MiniLM reads."""

Count = Callable[[Sequence[str]], Sequence[int]]
"""Tokens of each text."""

_PARAGRAPHS = re.compile(r"\n[ \t]*\n")
_REPEAT = 3
"""A sentence is repeated in the next chunk if it takes at most this part of the budget."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence, and what parts it from the one before."""

    text: str
    before: str
    tokens: int = 0


def split(document: Document, count: Count, budget: int = BUDGET) -> tuple[Chunk, ...]:
    """The document's chunks, in its order.

    Neighbouring chunks of running text share a sentence. A table row is a sentence that names
    its columns. A pair is exactly one chunk, whatever its length.

    Args:
        document: what its parser left.
        count: the embedder's own way of counting.
        budget: tokens of a chunk at most, headings not counted.
    """
    chunks: list[Chunk] = []
    for section in document.sections:
        for text, sentences in _section(section, document.language, count, budget):
            chunks.append(
                Chunk(
                    ordinal=len(chunks),
                    heading=section.heading,
                    page=section.page,
                    text=text,
                    sentences=sentences,
                    pair=isinstance(section.body, Pair),
                )
            )
    return tuple(chunks)


def context(title: str, heading: Sequence[str]) -> str:
    """The title and the headings above a chunk on one line, none of them twice."""
    path: list[str] = []
    for part in (title, *heading):
        if part and part not in path:
            path.append(part)
    return " > ".join(path)


def _section(
    section: Section, language: str, count: Count, budget: int
) -> Iterator[tuple[str, tuple[str, ...]]]:
    match section.body:
        case Pair(question, answer):
            sentences = tuple(piece.text for piece in _sentences(answer, language))
            yield f"{question}\n{answer}", sentences or (question,)
        case Table(rows):
            pieces = _counted((_Piece(row, "\n") for row in _rows(rows)), count, budget)
            yield from map(_joined, _grouped(pieces, budget, repeat=0))
        case Prose(text):
            pieces = _counted(_sentences(text, language), count, budget)
            yield from map(_joined, _grouped(pieces, budget, repeat=budget // _REPEAT))


def _sentences(text: str, language: str) -> Iterator[_Piece]:
    """Sentences; a line's end ends one too, for parsers have joined wrapped lines."""
    between = ""
    for paragraph in _PARAGRAPHS.split(text):
        for line in paragraph.split("\n"):
            before = between
            for sentence in sentencex.segment(language or "en", line):
                if shown := " ".join(sentence.split()):
                    yield _Piece(shown, before)
                    before = " " if sentence[-1:].isspace() else ""
                    between = "\n"
        between = "\n\n" if between else ""


def _rows(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Each row with the names of its columns, so that it reads by itself."""
    if len(rows) == 1:
        yield "; ".join(filter(None, rows[0]))
        return
    names = rows[0] if rows else ()
    for row in rows[1:]:
        named = (*names, *[""] * (len(row) - len(names)))
        cells = (f"{name}: {cell}" if name else cell for name, cell in zip(named, row) if cell)  # noqa: B905 - a short row leaves columns out
        if text := "; ".join(cells):
            yield " ".join(text.split())


def _counted(pieces: Iterable[_Piece], count: Count, budget: int) -> list[_Piece]:
    """Pieces with their tokens, those above the budget cut until they fit."""
    known = list(pieces)
    fitting: list[_Piece] = []
    for piece, tokens in zip(known, count([piece.text for piece in known]), strict=True):
        if tokens <= budget:
            fitting.append(replace(piece, tokens=tokens))
        else:
            fitting.extend(_counted(_halves(piece), count, budget))
    return fitting


def _halves(piece: _Piece) -> tuple[_Piece, _Piece]:
    """Cut at the space nearest to the middle, or in the middle where there is none near."""
    middle = len(piece.text) // 2
    spaces = [found.start() for found in re.finditer(" ", piece.text)]
    at = min(spaces, key=lambda space: abs(space - middle), default=middle)
    if at in range(middle // 2, middle + middle // 2):
        return _Piece(piece.text[:at], piece.before), _Piece(piece.text[at + 1 :], " ")
    return _Piece(piece.text[:middle], piece.before), _Piece(piece.text[middle:], "")


def _grouped(pieces: Sequence[_Piece], budget: int, repeat: int) -> Iterator[list[_Piece]]:
    """Runs of pieces of about the same length, each within the budget.

    Args:
        pieces: none above the budget.
        budget: tokens of a run at most.
        repeat: a run's last piece opens the next run too if it has no more tokens than this.
    """
    total = sum(piece.tokens for piece in pieces)
    runs = max(math.ceil(total / budget), 1)
    enough = total / runs  # a few full runs and a crumb are worse than even ones
    run: list[_Piece] = []
    used = 0
    for piece in pieces:
        if run and (used >= enough or used + piece.tokens > budget):
            yield run
            last = run[-1]
            again = len(run) > 1 and last.tokens <= repeat
            run = [last] if again and last.tokens + piece.tokens <= budget else []
            used = sum(kept.tokens for kept in run)
        run.append(piece)
        used += piece.tokens
    if run:
        yield run


def _joined(run: Sequence[_Piece]) -> tuple[str, tuple[str, ...]]:
    text = run[0].text + "".join(piece.before + piece.text for _, piece in pairwise(run))
    return text, tuple(piece.text for piece in run)
