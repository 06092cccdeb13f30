"""A tree as Slack can show it, and Slack's limits: in Markdown, and in mrkdwn."""

from dataclasses import dataclass

from channels.markdown.commonmark import to_commonmark
from channels.markdown.edges import at_word_ends, flanking
from channels.markdown.inlines import joined, words_of
from channels.markdown.layout import simple
from channels.markdown.mrkdwn import to_mrkdwn
from channels.markdown.reshape import reworded
from channels.markdown.split import Size
from channels.markdown.tables import as_list, without_table
from channels.markdown.tree import (
    PLAIN,
    Block,
    Document,
    Inline,
    Inlines,
    Item,
    Listing,
    Mark,
    Quote,
    Row,
    Table,
    Text,
)
from channels.markdown.units import utf16

MAX_MARKDOWN = 12_000
"""Characters of all `markdown` blocks of a message, and of `markdown_text`.

https://docs.slack.dev/reference/block-kit/blocks/markdown-block
"""
MAX_ROWS, MAX_COLUMNS, MAX_CELLS = 100, 20, 10_000
"""Of a table, and characters of all cells of a message.

https://docs.slack.dev/reference/block-kit/blocks/table-block
"""
MAX_SECTION = 3_000
"""Characters of a section. https://docs.slack.dev/reference/block-kit/blocks/section-block"""
_LONGEST_ROW = 4_000


def markdown_tree(document: Document) -> Document:
    """The tree as a `markdown` block can show it: to be done once, before it is split."""
    return reworded(_tables_shown(document, 0), flanking)


def mrkdwn_tree(document: Document) -> Document:
    """The tree as mrkdwn can show it: to be done once, before it is split."""
    return reworded(simple(document), _in_mrkdwn)


@dataclass(frozen=True, slots=True)
class MarkdownRuler:
    """What the `markdown` blocks of a message may have."""

    max_text: int = MAX_MARKDOWN

    @property
    def limits(self) -> Size:
        return self.max_text, MAX_CELLS, MAX_ROWS

    def measure(self, document: Document) -> Size:
        tables = [block for block in document if isinstance(block, Table)]
        cells = sum(_letters(row) for table in tables for row in (table.head, *table.rows))
        rows = sum(1 + len(table.rows) for table in tables)
        return utf16(to_commonmark(document)), cells, rows


@dataclass(frozen=True, slots=True)
class SectionRuler:
    """What a section of a message may have."""

    max_text: int = MAX_SECTION

    @property
    def limits(self) -> Size:
        return (self.max_text,)

    def measure(self, document: Document) -> Size:
        return (utf16(to_mrkdwn(document)),)


def _in_mrkdwn(inlines: Inlines) -> Inlines:
    return at_word_ends(joined(map(_plainer, inlines)))


def _plainer(inline: Inline) -> Inline:
    """Code with a backtick in it is words: there is no way to write it."""
    match inline:
        case Text(words, marks, href) if Mark.CODE in marks:
            return Text(words, PLAIN if href or "`" in words else Mark.CODE, href)
        case _:
            return inline


def _tables_shown(document: Document, depth: int) -> Document:
    """Tables within blocks, and those that are too large for Slack, in another form."""
    blocks: list[Block] = []
    for block in document:
        match block:
            case Table() if depth:
                blocks.append(without_table(block))
            case Table(head) if len(head) > MAX_COLUMNS or _has_long_rows(block):
                blocks.append(as_list(block))
            case Quote(inside):
                blocks.append(Quote(_tables_shown(inside, depth + 1)))
            case Listing(items, start):
                inner = (Item(_tables_shown(item.blocks, depth + 1)) for item in items)
                blocks.append(Listing(tuple(inner), start))
            case _:
                blocks.append(block)
    return tuple(blocks)


def _has_long_rows(table: Table) -> bool:
    """True when a row and the head above it leave no room beside them."""
    head, *rows = (
        utf16(to_commonmark((Table(row, (), table.aligns),))) for row in (table.head, *table.rows)
    )
    return head + max(rows, default=0) > _LONGEST_ROW


def _letters(row: Row) -> int:
    return sum(utf16(words_of(cell)) for cell in row)
