"""The words of a tree, and trees with other words in the same places."""

from collections.abc import Callable, Iterator
from itertools import chain

from channels.markdown.tree import (
    Block,
    Code,
    Document,
    Heading,
    Inlines,
    Item,
    Listing,
    Paragraph,
    Quote,
    Rule,
    Table,
)

Change = Callable[[Inlines], Inlines]


def reworded(document: Document, change: Change) -> Document:
    """The tree with every run of words changed; code blocks stay."""
    return tuple(_reworded(block, change) for block in document)


def _reworded(block: Block, change: Change) -> Block:
    match block:
        case Paragraph(inside):
            return Paragraph(change(inside))
        case Heading(inside, level):
            return Heading(change(inside), level)
        case Quote(blocks):
            return Quote(reworded(blocks, change))
        case Listing(items, start):
            return Listing(tuple(Item(reworded(item.blocks, change)) for item in items), start)
        case Table(head, rows, aligns):
            changed = tuple(tuple(map(change, row)) for row in rows)
            return Table(tuple(map(change, head)), changed, aligns)
        case Code() | Rule():
            return block


def inlines_of(document: Document) -> Iterator[Inlines]:
    """Every run of words, in reading order; code blocks have none."""
    for block in document:
        match block:
            case Paragraph(inside) | Heading(inside):
                yield inside
            case Quote(blocks):
                yield from inlines_of(blocks)
            case Listing(items):
                for item in items:
                    yield from inlines_of(item.blocks)
            case Table(head, rows):
                yield from chain(head, *rows)
            case Code() | Rule():
                pass
