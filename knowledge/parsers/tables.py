"""Reads an HTML table into rows of cells."""

from collections.abc import Iterator

from selectolax.lexbor import LexborNode

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
    caption = node.css_first("caption")
    return "" if caption is None else _text(caption)


def rows_of(node: LexborNode) -> Iterator[list[str]]:
    """Rows in order; a cell that spans several stands in each of them."""
    hanging: dict[int, tuple[int, str]] = {}
    for row in _rows(node):
        out: list[str] = []
        for cell in _cells(row):
            _hang(out, hanging)
            text, width = _text(cell), _span(cell, "colspan", _WIDEST_SPAN)
            height = _span(cell, "rowspan", _LONGEST_SPAN)
            for _ in range(width):
                if height > 1:
                    hanging[len(out)] = (height - 1, text)
                out.append(text)
        _hang(out, hanging)
        yield out


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


def _text(node: LexborNode) -> str:
    return node.text(deep=True, separator=" ", strip=True) or ""
