"""Runs of words as nested spans, for platforms whose marks open and close."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from channels.markdown.tree import PLAIN, PLAIN_ADDRESS, Break, Citation, Inline, Mark, Text

Look = tuple[Mark, str]
Leaf = Callable[[Inline], str]
"""One piece in the platform's form, without the marks that `Wrap` puts around it."""
Wrap = Callable[[Mark | str, str], str]
"""What stands inside, in the span of a mark or of a link to an address."""

_PLAIN_LOOK: Look = (PLAIN, PLAIN_ADDRESS)
NESTING = (Mark.STRONG, Mark.EMPHASIS, Mark.STRIKE)
"""Outermost first."""


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


def leaves(words: Callable[[str], str], code: str, line_end: str = "\n") -> Leaf:
    """Pieces of a platform whose form differs in little but how it writes words.

    Args:
        words: the same, safe to stand there.
        code: what words in a line that are code look like, with `{}` where they stand.
        line_end: what ends a line.
    """

    def leaf(inline: Inline) -> str:
        match inline:
            case Text(said, marks):
                return code.format(words(said)) if Mark.CODE in marks else words(said)
            case Break():
                return line_end
            case Citation(number):
                return f"[{number}]"

    return leaf


def looks(inlines: Sequence[Inline]) -> list[Look]:
    """Marks and address of each piece; a break between two pieces has what they share."""
    found = list(map(look_of, inlines))
    for at in range(1, len(inlines) - 1):
        if isinstance(inlines[at], Break):
            found[at] = shared(found[at - 1], found[at + 1])
    return found


def look_of(inline: Inline) -> Look:
    """Marks and address of the piece itself."""
    return (inline.marks, inline.href) if isinstance(inline, Text) else _PLAIN_LOOK


def shared(before: Look, after: Look) -> Look:
    """The look that may stand between two pieces so that no span ends just before or after it."""
    (marks, href), (others, there) = before, after
    if href != there:
        return _PLAIN_LOOK
    common = PLAIN
    for mark in NESTING:
        if (mark in marks) != (mark in others):
            break
        common |= marks & mark
    return common, href


def _marked(pieces: Iterable[tuple[Look, str]], wrap: Wrap, depth: int) -> str:
    if depth == len(NESTING):
        return "".join(shown for _, shown in pieces)
    mark = NESTING[depth]
    parts: list[str] = []
    for marked, group in groupby(pieces, key=lambda piece: mark in piece[0][0]):
        inner = _marked(group, wrap, depth + 1)
        parts.append(wrap(mark, inner) if marked else inner)
    return "".join(parts)
