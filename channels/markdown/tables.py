"""Tables for platforms that have none: a grid of letters while it is narrow, else a list."""

import unicodedata

from channels.markdown.inlines import joined, strong, words_of
from channels.markdown.tree import (
    Align,
    Block,
    Break,
    Code,
    Inline,
    Inlines,
    Item,
    Listing,
    Paragraph,
    Row,
    Table,
    Text,
)

_WIDEST = 36
"""Columns of letters that a telephone shows in one line."""
_LONGEST = 24
"""Rows of a grid: a longer one could be parted from its head."""
_NOTHING: Inline = Text("–")


def without_table(table: Table) -> Block:
    """The table as lines of letters, or as a list that names the columns in each entry.

    A grid has no links and no marks, so a table with any is a list.
    """
    grid = None if _has_looks(table) or len(table.rows) > _LONGEST else _grid(table)
    return grid or as_list(table)


def as_list(table: Table) -> Listing:
    """One entry for each row: its first cell, and the others below, each after its column."""
    items = [_entry(table.head, row) for row in table.rows]
    if not items:
        return Listing((Item((Paragraph(_gathered(table.head)),)),))
    first = _entry(table.head, tuple(cell or (_NOTHING,) for cell in table.rows[0]))
    return Listing(tuple(Item((Paragraph(lines),)) for lines in (first, *items[1:]) if lines))


def _gathered(cells: Row) -> Inlines:
    lines: list[Inline] = []
    for cell in filter(None, cells):
        lines.extend((Break(), *cell) if lines else cell)
    return tuple(lines)


def _entry(head: Row, row: Row) -> Inlines:
    cells: list[Inlines] = []
    for number, (name, cell) in enumerate(zip(head, row, strict=True)):
        if not cell:
            continue
        named: Inlines = joined((*name, Text(": "), *cell)) if name else cell
        cells.append(strong(named) if number == 0 else named)
    return _gathered(tuple(cells))


def _has_looks(table: Table) -> bool:
    return any(
        isinstance(inline, Text) and (inline.href or inline.marks)
        for row in (table.head, *table.rows)
        for cell in row
        for inline in cell
    )


def _grid(table: Table) -> Code | None:
    rows = [[words_of(cell) for cell in row] for row in (table.head, *table.rows)]
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    if sum(widths) + 3 * (len(widths) - 1) > _WIDEST:
        return None
    lines = [_line(row, widths, table.aligns) for row in rows]
    lines.insert(1, "-+-".join("-" * width for width in widths))
    return Code("\n".join(lines))


def _line(cells: list[str], widths: list[int], aligns: tuple[Align, ...]) -> str:
    padded = (
        _padded(cell, width - _width(cell), align)
        for cell, width, align in zip(cells, widths, aligns, strict=True)
    )
    return " | ".join(padded).rstrip()


def _padded(cell: str, by: int, align: Align) -> str:
    match align:
        case "right":
            return " " * by + cell
        case "center":
            return " " * (by // 2) + cell + " " * (by - by // 2)
        case _:
            return cell + " " * by


def _width(text: str) -> int:
    """Columns of letters of one width: Chinese ones take two, combining ones none."""
    return sum(_columns(letter) for letter in text)


def _columns(letter: str) -> int:
    if unicodedata.category(letter) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
