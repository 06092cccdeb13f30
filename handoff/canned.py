"""Replies that lie ready, and how their names are filled. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.languages import primary

_NAME = re.compile(r"\{\{\s*([a-z_.]{1,60})\s*\}\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """A name in a text that nobody knows."""

    name: str
    start: int
    """In UTF-16 units, as pages count."""
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """A text with what is known filled in; what is not stays as it is written."""

    text: str
    holes: tuple[Hole, ...]


def wording(texts: Mapping[str, str], language: str) -> tuple[str, str]:
    """The text for who speaks a language, and its tag: theirs, else everybody's, else any."""
    wanted = primary(language)
    for tag in (language, wanted, ""):
        if texts.get(tag):
            return tag, texts[tag]
    return next(iter(texts.items()))


def fill(text: str, known: Mapping[str, str]) -> Filling:
    """The text with `{{customer.name}}` and its like as they are known."""
    written: list[str] = []
    holes: list[Hole] = []
    done = units = 0
    for match in _NAME.finditer(text):
        name = match[1]
        value = known.get(name) or match[0]
        before = text[done : match.start()]
        written += [before, value]
        units += _units(before)
        if not known.get(name):
            holes.append(Hole(name=name, start=units, end=units + _units(value)))
        units += _units(value)
        done = match.end()
    return Filling(text="".join([*written, text[done:]]), holes=tuple(holes))


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
