"""Reads an HTML table into rows of cells."""

from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from knowledge.parsers.limits import Unreadable
from knowledge.parsers.nodes import text_of

_WIDEST_SPAN = 50
_LONGEST_SPAN = 500
_FEWEST_COLUMNS = 2
_CELLS = ("td", "th")


def is_table(node: LexborNode) -> bool:
    """True for data; False where the table only places text on the page."""
    if node.css_first("table table") is not None or node.attributes.get("role") == "presentation":
        return False
    if any(node.css_first(tag) is not None for tag in ("h1", "h2", "pre", "form")):
        return False
    rows = (sum(1 for _ in _cells(row)) for row in _rows(node))
    return max(rows, default=0) >= _FEWEST_COLUMNS


def caption_of(node: LexborNode) -> str:
    """What is written above the table; empty without it."""
    return text_of(node.css_first("caption"))


def rows_of(node: LexborNode, most_cells: int) -> Iterator[list[str]]:
    """Rows in order; a cell that spans several stands in each of them.

    Raises:
        Unreadable: more cells than that, which a few that span many can make.
    """
    hanging: dict[int, tuple[int, str]] = {}
    for row in _rows(node):
        out: list[str] = []
        for cell in _cells(row):
            _hang(out, hanging)
            _put(out, hanging, cell)
            if len(out) > most_cells:
                break
        _hang(out, hanging)
        most_cells -= len(out)
        if most_cells < 0:
            raise Unreadable("it has a table of too many cells")
        yield out


def _put(out: list[str], hanging: dict[int, tuple[int, str]], cell: LexborNode) -> None:
    text = text_of(cell)
    height = _span(cell, "rowspan", _LONGEST_SPAN)
    for _ in range(_span(cell, "colspan", _WIDEST_SPAN)):
        if height > 1:
            hanging[len(out)] = (height - 1, text)
        out.append(text)


def _hang(out: list[str], hanging: dict[int, tuple[int, str]]) -> None:
    """Fill in what reaches down from the rows above."""
    while (found := hanging.pop(len(out), None)) is not None:
        left, text = found
        if left > 1:
            hanging[len(out)] = (left - 1, text)
        out.append(text)


def _rows(node: LexborNode) -> Iterator[LexborNode]:
    for part in node.iter():
        if part.tag == "tr":
            yield part
        elif part.tag in {"thead", "tbody", "tfoot"}:
            yield from (row for row in part.iter() if row.tag == "tr")


def _cells(row: LexborNode) -> Iterator[LexborNode]:
    return (cell for cell in row.iter() if cell.tag in _CELLS)


def _span(cell: LexborNode, name: str, most: int) -> int:
    stated = cell.attributes.get(name) or "1"
    if not stated.isascii() or not stated.isdigit():
        return 1
    return max(1, min(int(stated[:4]), most))
