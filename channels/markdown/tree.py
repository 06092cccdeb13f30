"""A message as a small tree of values; every channel is rendered from it.

Blocks nest, words do not: a run of words carries its marks and its address. So a tree can be cut
between any two characters, and no renderer can leave a mark open.
"""

from dataclasses import dataclass
from enum import Flag, auto
from typing import Literal

PLAIN_ADDRESS = ""
"""Of words that lead nowhere."""


class Mark(Flag):
    """How words stand out; any of them together."""

    STRONG = auto()
    EMPHASIS = auto()
    STRIKE = auto()
    CODE = auto()


PLAIN = Mark(0)


@dataclass(frozen=True, slots=True)
class Text:
    """Words of one look, without line breaks."""

    words: str
    marks: Mark = PLAIN
    href: str = PLAIN_ADDRESS
    """An absolute http, https, mailto or tel address."""


@dataclass(frozen=True, slots=True)
class Break:
    """The line ends, the paragraph does not."""


@dataclass(frozen=True, slots=True)
class Citation:
    """Names a source of the message: 1 is the first."""

    number: int


Inline = Text | Break | Citation
Inlines = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    inside: Inlines


@dataclass(frozen=True, slots=True)
class Heading:
    """A line above what it names."""

    inside: Inlines
    level: int = 1
    """1 to 6."""


@dataclass(frozen=True, slots=True)
class Code:
    """Lines to be shown as they are."""

    text: str
    """Without the last line end."""
    language: str = ""
    """Its name, of ASCII letters, figures and `+#.-_`; empty where it is not known."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Parts what is above from what is below."""


Align = Literal["", "left", "center", "right"]
Row = tuple[Inlines, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of as many cells as the head has."""

    head: Row
    rows: tuple[Row, ...]
    aligns: tuple[Align, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody else's words."""

    blocks: "Document"


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a list."""

    blocks: "Document"


@dataclass(frozen=True, slots=True)
class Listing:
    """Entries, numbered or not."""

    items: tuple[Item, ...]
    start: int | None = None
    """The first entry's number; None for bullets."""


Block = Paragraph | Heading | Code | Rule | Table | Quote | Listing
Document = tuple[Block, ...]
