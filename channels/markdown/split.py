"""Cuts a tree where a platform's limits want it: between blocks, else sentences, else words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from channels.markdown.chop import Piece, assemble, chop, chop_further
from channels.markdown.tree import Document

Size = tuple[int, ...]
"""How much something is of each thing that a platform counts."""
_GRAINS = 8
"""Pieces in a full segment, at least: so much of it may stay empty for a better cut."""
_FINEST = 8
_GAP = 2
"""Of the first size, between two pieces: mostly an empty line."""


class Ruler(Protocol):
    """A platform's limits, and how it counts."""

    @property
    def limits(self) -> Size:
        """What one segment may have at most; the first is characters in the platform's unit."""
        ...

    def measure(self, document: Document) -> Size:
        """What the tree has once it is rendered."""
        ...


@dataclass(frozen=True, slots=True)
class _Measured:
    piece: Piece
    size: Size


def split(document: Document, ruler: Ruler) -> tuple[Document, ...]:
    """The tree in segments that each keep the limits, in order and without losing a word.

    A table that goes on says its head again, and code that goes on is code again. What would be
    a list's item without its beginning stands by itself. The work grows as the document does:
    each piece is rendered alone once, and each segment once or twice.

    Raises:
        ValueError: a limit is too small for anything.
    """
    if not document or _fits(ruler.measure(document), ruler.limits):
        return (document,) if document else ()
    pieces = _measured(document, ruler)
    segments: list[Document] = []
    start = 0
    while start < len(pieces):
        end, segment = _segment(pieces, start, ruler)
        segments.append(segment)
        start = end
    return tuple(segment for segment in segments if segment)


def _fits(size: Size, limits: Size) -> bool:
    return all(have <= may for have, may in zip(size, limits, strict=True))


def _measured(document: Document, ruler: Ruler) -> list[_Measured]:
    """All pieces, those that are too large alone cut further."""
    grain = max(ruler.limits[0] // _GRAINS, _FINEST)
    waiting = [(piece, grain) for piece in reversed(chop(document, grain))]
    done: list[_Measured] = []
    while waiting:
        piece, grain = waiting.pop()
        size = ruler.measure(assemble((piece,)))
        if _fits(size, ruler.limits):
            done.append(_Measured(piece, size))
        elif grain <= _FINEST:
            raise ValueError("the limits are too small")
        else:
            finer = grain // 4
            waiting.extend((part, finer) for part in reversed(chop_further(piece, finer)))
    return done


def _segment(pieces: Sequence[_Measured], start: int, ruler: Ruler) -> tuple[int, Document]:
    """The next segment, and where the one after it begins."""
    room = ruler.limits
    while True:
        end = _cut(pieces, start, room)
        segment = assemble([measured.piece for measured in pieces[start:end]])
        size = ruler.measure(segment)
        if end == start + 1 or _fits(size, ruler.limits):
            return end, segment
        # the sum of the pieces was less than the whole: as much less room for them
        room = tuple(
            may - max(have - most, 0) - 1
            for may, have, most in zip(room, size, ruler.limits, strict=True)
        )


def _cut(pieces: Sequence[_Measured], start: int, room: Size) -> int:
    """Where to cut: as loose as it can be, then as late as it can be, from half full on."""
    total = [0] * len(room)
    best = start + 1
    for at in range(start, len(pieces)):
        if at > start and 2 * total[0] >= room[0]:
            loose = pieces[at].piece.bond
            if best == start + 1 or loose >= pieces[best].piece.bond:
                best = at
        total = [have + more for have, more in zip(total, pieces[at].size, strict=True)]
        if at > start:
            total[0] += _GAP
        if any(have > may for have, may in zip(total, room, strict=True)):
            return best if best > start + 1 else max(at, start + 1)
    return len(pieces)
