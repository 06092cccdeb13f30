"""CSV and TSV: a table, or one pair a row where the columns are questions and answers."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import islice

from knowledge.parsers.faq import answer_key, question_key, topic_key
from knowledge.parsers.limits import Limits, Unreadable
from knowledge.parsers.outline import Outline, Parsed

_DELIMITERS = (",", "\t", ";", "|")
_SAMPLE_ROWS = 50
_SAMPLE_CHARACTERS = 100_000
_NUMBER = re.compile(r"[-+]?[$€£¥]?\d[\d.,]*%?$")
_YEAR = re.compile(r"(?:19|20)\d\d$")


def read(text: str, limits: Limits) -> Parsed:
    """Pairs, under the headings of their topics where a column names them; else one table.

    Raises:
        Unreadable: a cell of more than 131,072 characters (which a quote left open makes, too),
            more cells than the limit, or an FAQ without one whole pair.
    """
    outline = Outline(limits)
    rows = list(_rows(text, limits))
    if rows and question_key(rows[0]) and answer_key(rows[0]):
        _add_pairs(outline, rows)
        if not outline.sections():
            raise Unreadable("no row of it has both a question and an answer")
    elif rows:
        outline.table(rows if _has_header(rows) else [_numbered(rows), *rows])
    return Parsed(title="", language="", sections=outline.sections())


def _rows(text: str, limits: Limits) -> Iterator[list[str]]:
    cells = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for row in reader:
            cells += len(row)
            if cells > limits.cells:
                raise Unreadable(f"it has more than {limits.cells:,} cells")
            if any(cell.strip() for cell in row):
                yield row
    except csv.Error as broken:
        if "field larger" in str(broken):
            longest = f"{csv.field_size_limit():,}"
            where = f"a cell that ends on line {reader.line_num:,} or later"
            why = f"{where} has more than {longest} characters; is a quote left open?"
            raise Unreadable(why) from broken
        raise Unreadable(f"line {reader.line_num:,} of it is not CSV") from broken


def _delimiter(text: str) -> str:
    """The one that splits the first rows into the most equal numbers of columns."""
    sample = text[:_SAMPLE_CHARACTERS]
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        try:
            reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
            widths = [len(row) for row in islice(reader, _SAMPLE_ROWS) if row]
        except csv.Error:
            continue
        score = widths.count(widths[0]) / len(widths) if widths and widths[0] > 1 else 0.0
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _add_pairs(outline: Outline, rows: Sequence[Sequence[str]]) -> None:
    header = rows[0]
    question = header.index(question_key(header) or "")
    answer = header.index(answer_key(header) or "")
    topic_name = topic_key(header)
    topic = header.index(topic_name) if topic_name else -1
    current = ""
    for row in rows[1:]:
        if len(row) <= max(question, answer):
            continue
        if 0 <= topic < len(row) and row[topic] != current:
            current = row[topic]
            outline.head(1, current)
        outline.pair(row[question], row[answer])


def _has_header(rows: Sequence[Sequence[str]]) -> bool:
    """False when the first row has numbers exactly where the others have them."""
    if len(rows) == 1:
        return False
    width = len(rows[0])
    body = [row for row in rows[1:_SAMPLE_ROWS] if len(row) == width]
    numeric = [at for at in range(width) if body and all(_is_number(row[at]) for row in body)]
    return not numeric or not all(_is_number(rows[0][at]) for at in numeric)


def _is_number(cell: str) -> bool:
    cell = cell.strip()
    return bool(_NUMBER.match(cell)) and not _YEAR.match(cell)


def _numbered(rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"Column {number}" for number in range(1, max(map(len, rows)) + 1)]
