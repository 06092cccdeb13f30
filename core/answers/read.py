"""Reads approved answers out of a CSV file: a line per wording."""

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime

from core.answers.ports import Pair
from core.answers.words import normal
from core.mistakes import Mistakes
from core.ports import Clock

_TRUE = {"", "yes", "true", "1", "on"}
_FALSE = {"no", "false", "0", "off"}


@dataclass(frozen=True, slots=True)
class _Line:
    question: str
    answer: str
    language: str
    expires: str
    enabled: str


def from_csv(text: str, by: str, clock: Clock, file: str = "the CSV file") -> tuple[Pair, ...]:
    """The pairs of a file, approved now.

    The first line names the columns: `question` and `answer`, and, if wanted, `language`,
    `expires` (as 2026-12-31, that day included) and `enabled` (yes or no). Lines with the same
    answer are wordings of one pair.

    Raises:
        SettingsInvalid: every mistake.
    """
    mistakes = Mistakes(file)
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    columns = {name.strip().lower(): name for name in rows.fieldnames or () if name}
    if not {"question", "answer"} <= columns.keys():
        mistakes.note("line 1", "the columns question and answer are wanted")
        mistakes.raise_any()
    wordings: dict[_Line, list[str]] = {}
    for row in rows:
        line = _Line(*(_cell(row, columns.get(name)) for name in _Line.__annotations__))
        for mistake in _mistakes(line):
            mistakes.note(f"line {rows.line_num}", mistake)
        alike = _Line("", line.answer, line.language.lower(), line.expires, line.enabled.lower())
        wordings.setdefault(alike, []).append(" ".join(line.question.split()))
    if not wordings:
        mistakes.note("line 2", "there is no answer")
    mistakes.raise_any()
    return tuple(
        Pair(
            id=clock.new_id(),
            questions=tuple(dict.fromkeys(questions)),
            answer=line.answer,
            language=line.language,
            approved_by=by,
            approved_at=clock.now(),
            expires_at=end_of(line.expires) if line.expires else None,
            enabled=line.enabled in _TRUE,
        )
        for line, questions in wordings.items()
    )


def end_of(day: str) -> datetime:
    """The end of a day that is written as 2026-12-31, in UTC.

    Raises:
        ValueError: it is none.
    """
    return datetime.strptime(day, "%Y-%m-%d").replace(
        tzinfo=UTC, hour=23, minute=59, second=59, microsecond=999_999
    )


def _cell(row: dict[str, str], column: str | None) -> str:
    return (row.get(column) or "").strip() if column else ""


def _mistakes(line: _Line) -> list[str]:
    found = []
    if not normal(line.question) or not line.answer:
        found.append("a question and an answer are wanted")
    if line.expires:
        try:
            end_of(line.expires)
        except ValueError:
            found.append("expires is a day, as 2026-12-31")
    if line.enabled.lower() not in _TRUE | _FALSE:
        found.append("enabled is yes or no")
    return found
