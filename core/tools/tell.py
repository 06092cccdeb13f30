"""What of a response may be told: the fields that the operator named, as harmless text."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from core.domain.grounds import Ground
from core.domain.tools import Outcome
from core.models.prompt import harmless
from core.tools.call import Called
from core.tools.tool import FIELD, Texts, Tool, filled, plain, text_in

_LONGEST_VALUE = 300
_MOST_VALUES = 10
_HAN = re.compile("[\u3400-\u9fff]")
_ENDS = ".!?。！？…"
_MARKS = str.maketrans("[]", "()")
"""Brackets would read as citations and links."""


@dataclass(frozen=True, slots=True)
class Told:
    """What may be told of a call."""

    ground: Ground
    sentence: bool
    """Whether it is the operator's own sentence, rather than fields for somebody to write from."""


def tell(
    tool: Tool, arguments: Mapping[str, object], called: Called, language: str
) -> Told | None:
    """What a call brought, or that there is no such thing; None with nothing to say."""
    own = {name: _shown(value) for name, value in arguments.items()}
    about = tuple(own.values())
    if called.status == HTTPStatus.NOT_FOUND and not tool.changes:
        said = filled(text_in(tool.missing, language), own)
        return Told(as_ground(tool, (said,), about), sentence=True) if said else None
    if called.outcome is not Outcome.DONE:
        return None
    values = {show.label: text for show in tool.shows if (text := _text(called.data, show.path))}
    if sentence := _sentence(tool.says, {**values, **own}, language):
        return Told(as_ground(tool, (sentence,), about), sentence=True)
    lines = tuple(_line(label, text) for label, text in values.items())
    if tool.changes:
        lines = (tool.title, *lines)
    return Told(as_ground(tool, lines, about), sentence=False) if lines else None


def as_ground(tool: Tool, lines: tuple[str, ...], about: tuple[str, ...] = ()) -> Ground:
    """Lines of this tool's, about these arguments."""
    return Ground(title=tool.title, uri=f"tool:{tool.name}", lines=lines, heading=about)


def _line(label: str, text: str) -> str:
    """A field as a sentence of its own, so that it stays one among others."""
    sign, end = ("：", "。") if _HAN.search(label) else (": ", ".")
    return f"{label}{sign}{text}{'' if text[-1] in _ENDS else end}"


def _sentence(says: Texts, values: Mapping[str, str], language: str) -> str:
    """The operator's sentence; empty where there is none, or one of its fields was not sent."""
    template = text_in(says, language)
    return filled(template, values) if set(FIELD.findall(template)) <= set(values) else ""


def _text(data: Any, path: tuple[str, ...]) -> str:
    found = [_shown(value) for value in _at(data, path)]
    return ", ".join(text for text in found[:_MOST_VALUES] if text)


def _at(data: Any, path: tuple[str, ...]) -> Iterator[object]:
    """The plain values that the path leads to."""
    if not path:
        if isinstance(data, str | int | float):
            yield data
        return
    key, *rest = path
    match data:
        case list() if key == "*":
            for one in data:
                yield from _at(one, tuple(rest))
        case list() if key.isdecimal() and int(key) < len(data):
            yield from _at(data[int(key)], tuple(rest))
        case dict() if key in data:
            yield from _at(data[key], tuple(rest))
        case _:
            return


def _shown(value: object) -> str:
    words = " ".join(harmless(plain(value)).split()).translate(_MARKS)
    return words if len(words) <= _LONGEST_VALUE else f"{words[:_LONGEST_VALUE]}…"
