"""Blocks as lines of text, for platforms that know no blocks but code and quotes."""

from typing import Protocol

from channels.markdown.tables import without_table
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

RULE = "⸻"
_BULLETS = ("•", "◦", "▪")
_DEEPEST = 4
"""Levels of a list that are set in: on a telephone more would leave no room for words."""
_STEP = "   "


class Form(Protocol):
    """How a platform shows what stands on lines."""

    def words(self, inlines: Inlines) -> str:
        """Running text; a line break is a line end."""
        ...

    def heading(self, inlines: Inlines) -> str:
        """A heading, which stands on a line of its own."""
        ...

    def code(self, code: Code) -> str:
        """Code, which is not set in."""
        ...

    def quote(self, text: str) -> str:
        """A quote of what is formed already."""
        ...


def simple(document: Document) -> Document:
    """The tree without what a layout has no form for: tables, and quotes in quotes."""
    return _simple(document, ())


def _simple(document: Document, around: tuple[Block, ...]) -> Document:
    blocks: list[Block] = []
    for block in document:
        match block:
            case Table():
                blocks.append(without_table(block))
            case Quote(inside) if any(isinstance(outer, Quote) for outer in around):
                blocks.extend(_simple(inside, around))
            case Quote(inside):
                blocks.append(Quote(_simple(inside, (*around, block))))
            case Listing(items, start):
                inner = (Item(_simple(item.blocks, (*around, block))) for item in items)
                blocks.append(Listing(tuple(inner), start))
            case _:
                blocks.append(block)
    return tuple(blocks)


def lay_out(document: Document, form: Form) -> str:
    """The tree, made `simple` before, in the platform's form."""
    return "\n\n".join(_block(block, form, 0) for block in document)


def _block(block: Block, form: Form, depth: int) -> str:
    indent = _indent(depth)
    match block:
        case Paragraph(inside):
            return form.words(inside).replace("\n", f"\n{indent}")
        case Heading(inside):
            return form.heading(inside).replace("\n", f"\n{indent}")
        case Listing(items, start):
            return f"\n{indent}".join(
                f"{_bullet(start, number, depth)} {_item(item, form, depth + 1)}"
                for number, item in enumerate(items)
            )
        case Table():
            return _block(without_table(block), form, depth)
        case _:
            return _apart(block, form)


def _apart(block: Code | Rule | Quote, form: Form) -> str:
    match block:
        case Code():
            return form.code(block)
        case Rule():
            return RULE
        case Quote(blocks):
            return form.quote(lay_out(blocks, form))


def _item(item: Item, form: Form, depth: int) -> str:
    """Its blocks below one another; what is not code is set in."""
    text = ""
    for block in item.blocks:
        indent = "" if isinstance(block, Code | Quote) else _indent(depth)
        text += f"\n{indent}" if text else ""
        text += _block(block, form, depth)
    return text


def _indent(depth: int) -> str:
    return _STEP * min(depth, _DEEPEST)


def _bullet(start: int | None, number: int, depth: int) -> str:
    if start is None:
        return _BULLETS[min(depth, len(_BULLETS) - 1)]
    return f"{start + number}."
