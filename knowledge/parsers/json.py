"""JSON and JSON Lines: pairs, articles and tables where they are recognised, else an outline."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import msgspec

from knowledge.parsers.faq import answer_key, question_key, topic_key
from knowledge.parsers.limits import Limits, Unreadable
from knowledge.parsers.outline import Outline, Parsed

Value: TypeAlias = "bool | int | float | str | list[Value] | dict[str, Value] | None"

_TITLES = ("title", "name", "heading", "标题", "名称")
_TEXTS = ("text", "content", "body", "内容", "正文")
_LANGUAGES = ("language", "lang")
_FEWEST_ROWS = 2


def read(text: str, limits: Limits) -> Parsed:
    """One JSON value.

    Raises:
        Unreadable: not JSON, nested too deeply, or with too many values.
    """
    _check_size(text, limits)
    try:
        value: Value = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError) as broken:
        raise Unreadable(f"it is not valid JSON ({_place(broken)})") from broken
    except RecursionError:
        raise Unreadable(_too_deep(limits)) from None
    return _parsed(value, limits)


def read_lines(text: str, limits: Limits) -> Parsed:
    """One JSON value a line; empty lines are passed over.

    Raises:
        Unreadable: as `read`, with the number of the line.
    """
    _check_size(text, limits)
    values: list[Value] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            values.append(msgspec.json.decode(line))
        except (msgspec.DecodeError, UnicodeError) as broken:
            raise Unreadable(f"line {number:,} of it is not valid JSON") from broken
        except RecursionError:
            raise Unreadable(_too_deep(limits)) from None
    return _parsed(values, limits)


def _check_size(text: str, limits: Limits) -> None:
    """Before decoding: empty lists take far more memory than their two characters."""
    values = text.count("[") + text.count("{") + text.count(",")
    if values > 4 * limits.cells:  # commas are also in plain sentences
        raise Unreadable(f"it has more than {4 * limits.cells:,} values")


def _place(broken: Exception) -> str:
    """Where msgspec stopped, without the words around it."""
    _, found, byte = str(broken).rpartition("(byte ")
    return f"byte {byte.rstrip(')')}" if found else "it ends too early"


def _too_deep(limits: Limits) -> str:
    return f"it is nested deeper than {limits.depth} levels"


def _parsed(value: Value, limits: Limits) -> Parsed:
    outline = Outline(limits)
    title = language = ""
    if isinstance(value, dict):
        title, language = _string(value, _TITLES), _string(value, _LANGUAGES)
        if not question_key(value):
            value = {key: item for key, item in value.items() if key not in _LANGUAGES}
    _Walk(outline, limits).add(value, 1)
    return Parsed(title=title, language=language, sections=outline.sections())


class _Walk:
    """Writes one JSON value into an outline."""

    def __init__(self, outline: Outline, limits: Limits) -> None:
        self._outline = outline
        self._limits = limits

    def add(self, value: Value, depth: int) -> None:
        if depth > self._limits.depth:
            raise Unreadable(_too_deep(self._limits))
        match value:
            case dict():
                self._add_object(value, depth)
            case list():
                self._add_list(value, depth)
            case _:
                self._outline.prose(_shown(value))

    def _add_object(self, value: Mapping[str, Value], depth: int) -> None:
        question, answer = question_key(value), answer_key(value)
        if question and answer and _is_scalar(value[question]):
            self._outline.pair(_shown(value[question]), _flat(value[answer]))
            return
        title, text = _string(value, _TITLES), _string(value, _TEXTS)
        if title and text:
            self._outline.head(depth, title)
            self._outline.prose(text)
            return
        self._add_fields(value, depth)

    def _add_fields(self, value: Mapping[str, Value], depth: int) -> None:
        """Plain fields first, then the nested ones under their names."""
        plain = {key: item for key, item in value.items() if _is_scalar(item)}
        asked = {key for key in plain if key.rstrip().endswith(("?", "？"))}
        lines = [
            f"{_spoken(key)}: {_shown(item)}"
            for key, item in plain.items()
            if key not in asked and _shown(item)
        ]
        self._outline.prose("\n".join(lines))
        for key in asked:
            self._outline.pair(key, _shown(plain[key]))
        for key, item in value.items():
            if key not in plain:
                self._outline.head(depth, _spoken(key))
                self.add(item, depth + 1)

    def _add_list(self, values: Sequence[Value], depth: int) -> None:
        rows = [item for item in values if isinstance(item, dict)]
        if values and all(_is_scalar(item) for item in values):
            shown = (_shown(item) for item in values)
            self._outline.prose("\n".join(f"- {text}" for text in shown if text))
        elif len(rows) == len(values) and _is_table(rows):
            header = list(rows[0])
            body = ([_shown(row[key]) for key in header] for row in rows)
            self._outline.table([[_spoken(key) for key in header], *body])
        else:
            self._add_items(values, depth)

    def _add_items(self, values: Sequence[Value], depth: int) -> None:
        topic = ""
        for item in values:
            key = topic_key(item) if isinstance(item, dict) and question_key(item) else None
            if isinstance(item, dict) and key and isinstance(item[key], str):
                topic, before = str(item[key]), topic
                if topic != before:
                    self._outline.head(depth, topic)
            self.add(item, depth + 1)


def _is_table(rows: Sequence[Mapping[str, Value]]) -> bool:
    """Objects with the same plain fields, that are neither pairs nor articles."""
    if len(rows) < _FEWEST_ROWS:
        return False
    keys = rows[0].keys()
    if (question_key(keys) and answer_key(keys)) or (
        _string(rows[0], _TITLES) and _string(rows[0], _TEXTS)
    ):
        return False
    return all(row.keys() == keys and all(map(_is_scalar, row.values())) for row in rows)


def _string(value: Mapping[str, Value], keys: Sequence[str]) -> str:
    found = (item for key, item in value.items() if key.casefold() in keys)
    return next((item for item in found if isinstance(item, str)), "")


def _is_scalar(value: Value) -> bool:
    return not isinstance(value, (dict, list))


def _shown(value: Value) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)


def _flat(value: Value) -> str:
    """An answer given as a list of paragraphs."""
    if isinstance(value, list):
        return "\n\n".join(_shown(item) for item in value if _is_scalar(item))
    return _shown(value) if _is_scalar(value) else ""


def _spoken(key: str) -> str:
    """`return_policy` as a person would write it."""
    return key.replace("_", " ").strip()
