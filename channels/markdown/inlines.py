"""Runs of words: what is read there, and how they are joined and trimmed."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from channels.markdown.tree import Break, Citation, Inline, Inlines, Mark, Text


def words_of(inlines: Inlines) -> str:
    """What a reader reads there; a line break is a line end."""
    return "".join(map(shown, inlines))


def shown(inline: Inline) -> str:
    """What a reader reads of one piece."""
    match inline:
        case Text(words):
            return words
        case Break():
            return "\n"
        case Citation(number):
            return f"[{number}]"


def joined(inlines: Iterable[Inline]) -> Inlines:
    """Neighbouring words of one look in one run; empty runs are gone."""
    runs: list[Inline] = []
    said = (inline for inline in inlines if not isinstance(inline, Text) or inline.words)
    for look, group in groupby(said, _look):
        if look is None:
            runs.extend(group)
        else:
            runs.append(Text("".join(map(shown, group)), *look))
    return tuple(runs)


def _look(inline: Inline) -> tuple[Mark, str] | None:
    return (inline.marks, inline.href) if isinstance(inline, Text) else None


def trimmed(inlines: Inlines) -> Inlines:
    """Without line breaks at the ends."""
    start, end = 0, len(inlines)
    while start < end and isinstance(inlines[start], Break):
        start += 1
    while start < end and isinstance(inlines[end - 1], Break):
        end -= 1
    return inlines[start:end]


def stripped(inlines: Inlines) -> Inlines:
    """Without line breaks and white space at the ends."""
    kept = list(inlines)
    while kept and not shown(kept[0]).strip():
        kept.pop(0)
    while kept and not shown(kept[-1]).strip():
        kept.pop()
    if kept and isinstance(kept[0], Text):
        kept[0] = replace(kept[0], words=kept[0].words.lstrip())
    if kept and isinstance(kept[-1], Text):
        kept[-1] = replace(kept[-1], words=kept[-1].words.rstrip())
    return tuple(kept)


def strong(inlines: Inlines) -> Inlines:
    """The same, standing out; code does so already."""
    return tuple(
        Text(inline.words, inline.marks | Mark.STRONG, inline.href)
        if isinstance(inline, Text) and Mark.CODE not in inline.marks
        else inline
        for inline in inlines
    )
