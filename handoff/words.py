"""What customers are told while a person takes over, in their language."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from string import Formatter
from typing import Any, Self

from core.mistakes import Mistakes, texts
from handoff.life import Line

FALLBACK = "en"
FIELDS: Mapping[str, frozenset[str]] = {
    "connecting": frozenset(),
    "position": frozenset({"position"}),
    "position_and_wait": frozenset({"position", "minutes"}),
    "here": frozenset({"agent"}),
    "agent_gone": frozenset(),
    "passed_on": frozenset({"agent", "to"}),
    "returned": frozenset({"agent"}),
    "closed": frozenset({"agent"}),
    "how_was_it": frozenset({"agent"}),
    "taken_back": frozenset(),
    "nobody_free": frozenset(),
    "closed_until": frozenset({"when"}),
    "closed_for_long": frozenset(),
    "by_mail": frozenset({"address"}),
    "ticket_opened": frozenset({"number"}),
    "ticket_open": frozenset({"number"}),
    "ticket_pending": frozenset({"number"}),
    "ticket_solved": frozenset({"number"}),
    "ticket_closed": frozenset({"number"}),
    "ticket_reopened": frozenset({"number"}),
    "ticket_comment": frozenset({"number", "text"}),
    "moment": frozenset({"weekday", "date", "time"}),
}
"""Every phrase, with what it may name."""
_WEEKDAYS = "weekdays"
_DAYS = 7


@dataclass(frozen=True, slots=True)
class Words:
    """Phrases and names of weekdays by language; a language that lacks one has the English one."""

    phrases: Mapping[str, Mapping[str, str]]
    weekdays: Mapping[str, tuple[str, ...]]

    @classmethod
    def shipped(cls) -> Self:
        """Those beside this module."""
        return cls.read(tomllib.loads(_SHIPPED.read_text("utf-8")), Mistakes(_SHIPPED.name))

    @classmethod
    def read(cls, tables: object, mistakes: Mistakes) -> Self:
        """The words in tables by language, as far as they can be read; what cannot is noted."""
        phrases: dict[str, dict[str, str]] = {}
        weekdays: dict[str, tuple[str, ...]] = {}
        if not isinstance(tables, dict):
            mistakes.note("words", "write the words of a language under [words.en] or the like")
            return cls(phrases, weekdays)
        for language, table in tables.items():
            for name, form in (table if isinstance(table, dict) else {"": table}).items():
                where = f"words.{language}.{name}"
                if name == _WEEKDAYS:
                    weekdays[language] = _weekdays(where, form, mistakes)
                else:
                    phrases.setdefault(language, {})[name] = _phrase(where, name, form, mistakes)
        return cls(phrases, weekdays)

    def over(self, shipped: Self) -> Self:
        """These, and where they say nothing, the others."""
        languages = {*self.phrases, *shipped.phrases}
        phrases = {
            each: {**shipped.phrases.get(each, {}), **self.phrases.get(each, {})}
            for each in languages
        }
        return type(self)(phrases, {**shipped.weekdays, **self.weekdays})

    def say(self, line: Line, language: str, zone: tzinfo) -> str:
        """The line in this language; moments are told in this zone."""
        text = self._text(line.phrase, language)
        for name, value in line.fields.items():
            if isinstance(value, datetime):
                value = self._moment(value.astimezone(zone), language)
            text = text.replace("{" + name + "}", str(value))
        return text

    def _text(self, name: str, language: str) -> str:
        return self.phrases.get(language, {}).get(name) or self.phrases[FALLBACK][name]

    def _moment(self, local: datetime, language: str) -> str:
        days = self.weekdays.get(language) or self.weekdays[FALLBACK]
        return self._text("moment", language).format(
            weekday=days[local.weekday()], date=local.date().isoformat(), time=f"{local:%H:%M}"
        )


def _weekdays(where: str, form: object, mistakes: Mistakes) -> tuple[str, ...]:
    days = texts(form)
    if len(days) != _DAYS:
        mistakes.note(where, "a list of seven names is wanted, Monday first")
        return ()
    return days


def _phrase(where: str, name: str, form: Any, mistakes: Mistakes) -> str:
    known = FIELDS.get(name)
    if known is None:
        mistakes.note(where, f"there is no such phrase; there are {', '.join(FIELDS)}")
        return ""
    if not isinstance(form, str) or not form.strip():
        mistakes.note(where, "a text is wanted")
        return ""
    try:
        named = {field for _, field, _, _ in Formatter().parse(form) if field is not None}
    except ValueError:
        mistakes.note(where, "there is a brace that does not close")
        return ""
    if named != known:
        wanted = ", ".join(f"{{{field}}}" for field in sorted(known)) or "nothing in braces"
        mistakes.note(where, f"it names {wanted}, each in the place where it is to stand")
    return form.strip()


_SHIPPED = Path(__file__).with_suffix(".toml")
