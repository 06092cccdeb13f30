"""How a tenant's people work: handoff.toml, whose form the file that ships describes."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any, TypeVar

from core.domain.errors import SettingsInvalid
from core.mistakes import Mistakes
from core.policy.hours import Hours
from core.policy.read_hours import hours
from handoff.assignment import Rules
from handoff.targets import Targets
from handoff.words import Words

SHIPPED = Path(__file__).with_name("handoff.toml")
_NEVER = "never"
_TABLES = ("hours", "assignment", "limits", "targets", "rating", "tickets", "words")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What nobody waits longer for."""

    nobody_s: float = 120
    """A request waits so long while no agent is there at all."""
    longest_s: float = 1800
    """It waits so long for one who is free."""
    gone_s: float = 300
    """A talk waits so long for an agent who is offline, before it goes to another."""
    offline_s: float = 60
    """An agent is offline so long after the last sign of life."""
    rate_s: float = 1800
    """Waits are told from the talks that began in so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Whether customers are asked how the talk with a person was."""

    open_s: float | None = 604_800
    """They can answer, and change it, so long after the talk; None: nobody is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterTicket:
    """What becomes of words that a customer writes when there is a ticket."""

    reopen_s: float | None = 604_800
    """So long after it was done they open it again; None is never."""
    add_replies: bool = False
    """Whether all that is written while it is not done is a comment of it, at its tracker too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """All of it."""

    hours: Hours | None = None
    """When people are there; None is always."""
    rules: Rules = field(default_factory=Rules)
    limits: Limits = field(default_factory=Limits)
    targets: Targets = field(default_factory=Targets)
    rating: Asking = field(default_factory=Asking)
    tickets: AfterTicket = field(default_factory=AfterTicket)
    words: Words = field(default_factory=Words.shipped)

    @property
    def zone(self) -> tzinfo:
        """In which moments are told."""
        return self.hours.zone if self.hours else UTC


_Table = TypeVar("_Table", Rules, Limits, Targets, Asking, AfterTicket)


def parse(text: str, file: str = SHIPPED.name) -> Practice:
    """The practice in a text.

    Raises:
        SettingsInvalid: it cannot be read, or has mistakes; all of them are named.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as broken:
        raise SettingsInvalid(f"{file} is not readable as TOML: {broken}") from broken
    mistakes = Mistakes(file)
    for name in sorted(data.keys() - {*_TABLES}):
        mistakes.note(name, f"there is no such table; there are {', '.join(_TABLES)}")
    practice = Practice(
        hours=hours(data["hours"], mistakes) if "hours" in data else None,
        rules=_seconds(Rules, "assignment", data, mistakes),
        limits=_seconds(Limits, "limits", data, mistakes),
        targets=_seconds(Targets, "targets", data, mistakes),
        rating=_seconds(Asking, "rating", data, mistakes),
        tickets=_tickets(data, mistakes),
        words=Words.read(data.get("words", {}), mistakes).over(Words.shipped()),
    )
    mistakes.raise_any()
    return practice


def _tickets(data: Mapping[str, Any], mistakes: Mistakes) -> AfterTicket:
    table = data.get("tickets", {})
    if not isinstance(table, dict):
        return _seconds(AfterTicket, "tickets", data, mistakes)
    adds = table.get("add_replies", False)
    if not isinstance(adds, bool):
        mistakes.note("tickets.add_replies", "true or false is wanted")
    times = {key: value for key, value in table.items() if key != "add_replies"}
    found = _seconds(AfterTicket, "tickets", {"tickets": times}, mistakes)
    return replace(found, add_replies=adds is True)


def _seconds(kind: type[_Table], name: str, data: Mapping[str, Any], mistakes: Mistakes) -> _Table:
    """A table of nothing but seconds; "never" where the default may be None."""
    table, known = data.get(name, {}), {each.name: each for each in fields(kind)}
    if not isinstance(table, dict):
        mistakes.note(name, f"write it under [{name}]")
        return kind()
    found: dict[str, float | None] = {}
    for key, value in table.items():
        if key not in known:
            mistakes.note(f"{name}.{key}", f"there is no such field; there are {', '.join(known)}")
        elif value == _NEVER and "None" in str(known[key].type):
            found[key] = None
        elif type(value) in (int, float) and value > 0:
            found[key] = float(value)
        else:
            mistakes.note(f"{name}.{key}", "a number of seconds above 0 is wanted")
    return kind(**found)  # type: ignore[arg-type]
