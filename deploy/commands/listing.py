"""Prints rows: as columns for people, as JSON for programs."""

import json
from collections.abc import Mapping, Sequence

import click


def show(rows: Sequence[Mapping[str, object]], *, as_json: bool, empty: str) -> None:
    """Print the rows.

    Args:
        rows: all with the same keys, which are the headings.
        as_json: one JSON array instead of columns.
        empty: the sentence for people when there are no rows.
    """
    if as_json:
        click.echo(json.dumps(list(rows), ensure_ascii=False, indent=2, default=str))
        return
    if not rows:
        click.echo(empty)
        return
    heads = list(rows[0])
    cells = [[_cell(row[head]) for head in heads] for row in rows]
    widths = [max(_width(line[i]) for line in [heads, *cells]) for i in range(len(heads))]
    for line in [[head.upper() for head in heads], *cells]:
        padded = (
            text + " " * (width - _width(text)) for text, width in zip(line, widths, strict=True)
        )
        click.echo("  ".join(padded).rstrip())


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.3f}"
    return " ".join(str(value).split())


def _width(text: str) -> int:
    """Columns in a terminal: East Asian wide characters take two."""
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
