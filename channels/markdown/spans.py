"""Runs of words as nested spans, for platforms whose marks open and close."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from channels.markdown.tree import PLAIN, PLAIN_ADDRESS, Break, Inline, Mark, Text

Look = tuple[Mark, str]
Leaf = Callable[[Inline], str]
"""One piece in the platform's form, without the marks that `Wrap` puts around it."""
Wrap = Callable[[Mark | str, str], str]
"""What stands inside, in the span of a mark or of a link to an address."""

_PLAIN_LOOK: Look = (PLAIN, PLAIN_ADDRESS)
_OUTERMOST_FIRST = (Mark.STRONG, Mark.EMPHASIS, Mark.STRIKE)


def spans(inlines: Sequence[Inline], leaf: Leaf, wrap: Wrap) -> str:
    """The pieces in the platform's form: links outside, then strong, emphasis, strike.

    Code is left to `leaf`. A line break between words of one look belongs to their span.
    """
    pieces = list(zip(looks(inlines), map(leaf, inlines), strict=True))
    linked = groupby(pieces, key=lambda piece: piece[0][1])
    return "".join(
        wrap(href, _marked(group, wrap, 0)) if href else _marked(group, wrap, 0)
        for href, group in linked
    )


def looks(inlines: Sequence[Inline]) -> list[Look]:
    """Marks and address of each piece."""
    found = [
        (inline.marks, inline.href) if isinstance(inline, Text) else _PLAIN_LOOK
        for inline in inlines
    ]
    for at in range(1, len(inlines) - 1):
        if isinstance(inlines[at], Break):
            (before, there), (after, same) = found[at - 1], found[at + 1]
            found[at] = (before & after & ~Mark.CODE, there if there == same else PLAIN_ADDRESS)
    return found


def _marked(pieces: Iterable[tuple[Look, str]], wrap: Wrap, depth: int) -> str:
    if depth == len(_OUTERMOST_FIRST):
        return "".join(shown for _, shown in pieces)
    mark = _OUTERMOST_FIRST[depth]
    parts: list[str] = []
    for marked, group in groupby(pieces, key=lambda piece: mark in piece[0][0]):
        inner = _marked(group, wrap, depth + 1)
        parts.append(wrap(mark, inner) if marked else inner)
    return "".join(parts)
