"""A tree in small pieces that know their place, and pieces as a tree again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import accumulate, chain, count, groupby

import sentencex

from channels.markdown.clusters import STOPS, words
from channels.markdown.inlines import joined, shown, stripped, words_of
from channels.markdown.tree import (
    Block,
    Break,
    Code,
    Document,
    Heading,
    Inline,
    Inlines,
    Item,
    Listing,
    Mark,
    Paragraph,
    Quote,
    Row,
    Rule,
    Table,
    Text,
)

Leaf = Paragraph | Heading | Code | Rule | Table
_NOTHING: Document = (Paragraph(()),)


class Bond(IntEnum):
    """How little is lost when a text is cut there."""

    INSIDE = 0
    """Within a word, or a link."""
    WORD = 1
    SENTENCE = 2
    LINE = 3
    """Of code or of a table, or where the writer broke the line."""
    ENTRY = 4
    """Of a list, or another block within a block."""
    BLOCK = 5


@dataclass(frozen=True, slots=True)
class Place:
    """One container around a piece."""

    number: int
    """The container's own within its document."""
    holds: Quote | Listing
    entry: int = 0
    """Of the list's items."""
    first: int = 0
    """The piece that the item begins with."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a block that is not cut."""

    number: int
    """The block's own within its document."""
    part: Leaf
    path: tuple[Place, ...]
    """Outermost first."""
    bond: Bond
    """With the piece before."""
    at: int
    """Counts the pieces of the document."""


@dataclass(slots=True)
class _Chopper:
    """Numbers what it meets."""

    grain: int
    numbers: Iterator[int]
    made: int = 0

    def blocks(self, blocks: Document, path: tuple[Place, ...]) -> Iterator[Piece]:
        above: Block | None = None
        for block in blocks:
            match block:
                case Quote(inside):
                    place = Place(next(self.numbers), block)
                    yield from self.blocks(inside, (*path, place))
                case Listing(items):
                    number = next(self.numbers)
                    for entry, item in enumerate(items):
                        place = Place(number, block, entry, self.made)
                        yield from self.blocks(item.blocks or _NOTHING, (*path, place))
                case _:
                    yield from self._leaf(block, path, _begin(path, above))
            above = block

    def _leaf(self, leaf: Leaf, path: tuple[Place, ...], begin: Bond) -> Iterator[Piece]:
        number = next(self.numbers)
        bond = begin
        for part, following in _parts(leaf, self.grain):
            yield Piece(number, part, path, bond, self.made)
            self.made += 1
            bond = following


def chop(document: Document, grain: int) -> list[Piece]:
    """The document's pieces in their order, of about `grain` characters at most.

    A shorter sentence, link or row is a piece by itself.
    """
    return list(_Chopper(grain, count()).blocks(document, ()))


def chop_further(piece: Piece, grain: int) -> list[Piece]:
    """The piece in smaller ones, each in its place."""
    parts: list[Piece] = []
    bond = piece.bond
    for part, following in _parts(piece.part, grain):
        parts.append(replace(piece, part=part, bond=bond))
        bond = following
    return parts


def _begin(path: tuple[Place, ...], above: Block | None) -> Bond:
    if isinstance(above, Heading):
        return Bond.WORD  # a heading at the very end names nothing
    return Bond.ENTRY if path else Bond.BLOCK


def _parts(leaf: Leaf, grain: int) -> Iterator[tuple[Leaf, Bond]]:
    """Each part, and how it holds to the next."""
    match leaf:
        case Paragraph(inside):
            yield from ((Paragraph(run), bond) for run, bond in _runs(inside, grain))
        case Heading(inside, level):
            yield from ((Heading(run, level), bond) for run, bond in _runs(inside, grain))
        case Code(text, language):
            yield from ((Code(lines, language), bond) for lines, bond in _lines(text, grain))
        case Table(head, rows, aligns) if rows:
            yield from ((Table(head, some, aligns), Bond.LINE) for some in _rows(rows, grain))
        case _:
            yield leaf, Bond.LINE


def _rows(rows: tuple[Row, ...], grain: int) -> Iterator[tuple[Row, ...]]:
    """As many rows as fit: each part says the head again, which costs."""
    held: list[Row] = []
    length = 0
    for row in rows:
        longer = sum(2 + len(words_of(cell)) for cell in row)
        if held and length + longer > grain:
            yield tuple(held)
            held, length = [], 0
        held.append(row)
        length += longer
    yield tuple(held)


def _lines(text: str, grain: int) -> Iterator[tuple[str, Bond]]:
    """Whole lines with their ends as long as they fit, longer lines in parts."""
    held: list[str] = []
    length = 0
    for line in text.split("\n"):
        for part in words(f"{line}\n", grain) if len(line) >= grain else (f"{line}\n",):
            if held and length + len(part) > grain:
                yield "".join(held), Bond.LINE if held[-1].endswith("\n") else Bond.WORD
                held, length = [], 0
            held.append(part)
            length += len(part)
    yield "".join(held), Bond.LINE


def _runs(inside: Inlines, grain: int) -> Iterator[tuple[Inlines, Bond]]:
    """Sentences; of longer ones as many words as fit."""
    ends = _sentence_ends(words_of(inside))
    run: list[Inline] = []
    length = offset = 0
    bond = Bond.INSIDE
    for token in _tokens(inside, grain):
        said = shown(token)
        room = grain if bond else 2 * grain
        if run and (bond >= Bond.SENTENCE or length + len(said) > room):
            yield tuple(run), bond
            run, length = [], 0
        run.append(token)
        length += len(said)
        offset += len(said)
        bond = Bond.SENTENCE if offset in ends else _bond_after(token, said)
    if run or not inside:
        yield tuple(run), bond


def _bond_after(token: Inline, said: str) -> Bond:
    if isinstance(token, Break):
        return Bond.LINE
    return Bond.WORD if said[-1].isspace() or said[-1] in STOPS else Bond.INSIDE


def _sentence_ends(text: str) -> set[int]:
    """Places behind sentences; a citation belongs to the sentence before it."""
    return set(accumulate(map(len, sentencex.segment("en", text))))


def _tokens(inside: Inlines, grain: int) -> Iterator[Inline]:
    """Words and what stands between them; links and code are whole unless they are long."""
    for inline in inside:
        match inline:
            case Text(said, marks, href) if len(said) > grain or not (href or Mark.CODE in marks):
                yield from (Text(word, marks, href) for word in words(said, grain))
            case _:
                yield inline


def assemble(pieces: Sequence[Piece], depth: int = 0) -> Document:
    """The pieces as a tree.

    What is left of a list's item whose beginning is not among the pieces stands by itself.
    """
    blocks: list[Block] = []
    for group in _groups(pieces, depth):
        place = group[0].path[depth] if len(group[0].path) > depth else None
        match place.holds if place else None:
            case Quote():
                blocks.append(Quote(assemble(group, depth + 1)))
            case Listing(_, start):
                blocks.extend(_entries(group, depth, start))
            case None:
                blocks.append(_whole([piece.part for piece in group]))
    return tuple(blocks)


def _groups(pieces: Sequence[Piece], depth: int) -> Iterator[list[Piece]]:
    """Neighbours within the same container, or of the same block."""

    def holder(piece: Piece) -> int:
        return piece.path[depth].number if len(piece.path) > depth else piece.number

    return (list(group) for _, group in groupby(pieces, holder))


def _entries(pieces: Sequence[Piece], depth: int, start: int | None) -> Document:
    items: list[Item] = []
    rest: Document = ()
    place = pieces[0].path[depth]
    for _, found in groupby(pieces, lambda piece: piece.path[depth].entry):
        group = list(found)
        blocks = assemble(group, depth + 1)
        if group[0].at != group[0].path[depth].first:
            rest = blocks
        else:
            items.append(Item(blocks))
    if not items:
        return rest
    first = place.entry + bool(rest)
    return (*rest, Listing(tuple(items), None if start is None else start + first))


def _whole(parts: Sequence[Leaf]) -> Leaf:
    """The parts of one block as one."""
    match parts[0]:
        case Paragraph():
            return Paragraph(_said(parts))
        case Heading(_, level):
            return Heading(_said(parts), level)
        case Code(_, language):
            text = "".join(part.text for part in parts if isinstance(part, Code))
            return Code(text.removesuffix("\n"), language)
        case Table(head, _, aligns):
            rows = (part.rows for part in parts if isinstance(part, Table))
            return Table(head, tuple(chain.from_iterable(rows)), aligns)
        case Rule():
            return parts[0]


def _said(parts: Sequence[Leaf]) -> Inlines:
    runs = (part.inside for part in parts if isinstance(part, Paragraph | Heading))
    return stripped(joined(chain.from_iterable(runs)))
