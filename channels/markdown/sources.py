"""What an answer rests on, as lines below it: once each, with a link where there is one."""

from collections.abc import Sequence
from dataclasses import dataclass

from channels.markdown.clusters import shortened
from channels.markdown.letters import legible
from channels.markdown.parse import address
from channels.markdown.reshape import inlines_of
from channels.markdown.tree import Citation, Document, Inlines, Text
from core.domain.answers import Source

MAX_TITLE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One document behind an answer, however often it is cited."""

    numbers: tuple[int, ...]
    title: str
    href: str
    """Empty where it cannot be opened from outside."""

    @property
    def line(self) -> Inlines:
        """Its numbers and its title, which leads there."""
        numbers = ", ".join(map(str, self.numbers))
        return Text(f"[{numbers}] "), Text(self.title, href=self.href)


def references(sources: Sequence[Source], document: Document) -> tuple[Reference, ...]:
    """The sources that the document cites, in their order; all if it cites none of them."""
    cited = _cited(document)
    numbered = list(enumerate(sources, start=1))
    kept = [(number, source) for number, source in numbered if number in cited] or numbered
    found: dict[tuple[str, str], list[int]] = {}
    for number, source in kept:
        found.setdefault((source.title, source.uri), []).append(number)
    return tuple(
        Reference(numbers=tuple(numbers), title=_title(title, uri), href=address(uri))
        for (title, uri), numbers in found.items()
    )


def _cited(document: Document) -> set[int]:
    return {
        inline.number
        for inlines in inlines_of(document)
        for inline in inlines
        if isinstance(inline, Citation)
    }


def _title(title: str, uri: str) -> str:
    line = " ".join(legible(title).split()) or " ".join(legible(uri).split())
    return shortened(line, MAX_TITLE)
