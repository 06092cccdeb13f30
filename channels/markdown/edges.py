"""Runs of words whose marks begin and end where signs such as `**` are read as marks.

Two runs may meet within a word, as they do in Chinese; to most parsers a sign there is only a
sign, unless something parts it from what stands at it.
"""

import unicodedata
from collections.abc import Callable, Iterator
from itertools import pairwise

from channels.markdown.inlines import joined, shown
from channels.markdown.spans import NESTING, look_of, shared
from channels.markdown.tree import PLAIN, Inline, Inlines, Mark, Text

APART = "\u200b"
"""No width, no white space and no punctuation."""
_SIGNED = Mark.STRONG | Mark.EMPHASIS | Mark.STRIKE
_EDGE = Text("")


def at_word_ends(inlines: Inlines) -> Inlines:
    """For parsers that read signs at the edges of words only, such as that of mrkdwn."""
    return _between(tidy(inlines), _at_word_ends)


def flanking(inlines: Inlines) -> Inlines:
    """For parsers that keep to https://spec.commonmark.org/0.31.2/#left-flanking-delimiter-run."""
    return _between(tidy(inlines), _flanking)


def tidy(inlines: Inlines) -> Inlines:
    """The same with white space at the ends of spans outside of them."""
    around = (_EDGE, *inlines, _EDGE)
    return joined(
        part
        for before, inline, after in zip(around, inlines, around[2:], strict=False)
        for part in _parts(before, inline, after)
    )


def _parts(before: Inline, inline: Inline, after: Inline) -> Iterator[Inline]:
    if not isinstance(inline, Text) or not inline.marks & _SIGNED or Mark.CODE in inline.marks:
        yield inline
        return
    bare = inline.words.strip()
    start = inline.words.find(bare) if bare else len(inline.words)
    yield Text(inline.words[:start], *shared(look_of(before), look_of(inline)))
    yield Text(bare, inline.marks, inline.href)
    yield Text(inline.words[start + len(bare) :], *shared(look_of(inline), look_of(after)))


Parting = Callable[[Inline, Inline], Iterator[Inline]]
"""What is to stand between two runs that look different, with no space between them."""


def _between(inlines: Inlines, parting: Parting) -> Inlines:
    parts: list[Inline] = []
    for before, after in pairwise((*inlines, _EDGE)):
        parts.append(before)
        last, first = shown(before)[-1:], shown(after)[:1]
        if last.strip() and first.strip() and look_of(before)[0] != look_of(after)[0]:
            parts.extend(parting(before, after))
    return joined(parts)


def _at_word_ends(before: Inline, after: Inline) -> Iterator[Inline]:
    marked = bool(look_of(before)[0]), bool(look_of(after)[0])
    if all(marked) or _is_letter(shown(before)[-1] if marked[1] else shown(after)[0]):
        yield Text(APART, *shared(look_of(before), look_of(after)))


def _flanking(before: Inline, after: Inline) -> Iterator[Inline]:
    (marks, href), (others, there) = look_of(before), look_of(after)
    if href != there:
        return  # the link's own signs stand between
    met = bool(marks & _SIGNED and others & _SIGNED)
    common, _ = shared((marks, href), (others, there))
    if met or _is_letter(_first(after)):
        inner = marks if not _is_letter(_last(before)) else PLAIN
        yield from reversed([Text(APART, look, href) for look in _steps(common, marks, inner)])
    if met:
        yield Text(APART, common, href)
    if met or _is_letter(_last(before)):
        inner = others if not _is_letter(_first(after)) else PLAIN
        yield from (Text(APART, look, href) for look in _steps(common, others, inner))


def _steps(common: Mark, marks: Mark, innermost: Mark) -> Iterator[Mark]:
    """The looks between signs that would stand at one another, and at a sign of the text."""
    look = common
    opening = [mark for mark in NESTING if mark in marks and mark not in common]
    for mark in opening[:-1]:
        look |= mark
        yield look
    if opening and innermost:
        yield innermost & ~Mark.CODE


def _first(inline: Inline) -> str:
    return "`" if Mark.CODE in look_of(inline)[0] else shown(inline)[0]


def _last(inline: Inline) -> str:
    return "`" if Mark.CODE in look_of(inline)[0] else shown(inline)[-1]


def _is_letter(character: str) -> bool:
    """True for what is neither punctuation nor a symbol nor white space."""
    return unicodedata.category(character)[0] not in "PSZ"
