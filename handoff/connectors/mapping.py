"""A connector's file: which tracker, where in it, and what stands for what.

kind = "jira"                       # jira, zendesk, github, zammad, webhook
url = "https://acme.example"
private = false                     # whether it may lie in a network of one's own
poll_s = 300                        # how often it is asked how open tickets are
answers = false                     # whether customers are told what is answered there publicly
categories = ["repair"]             # of the tickets it gets; none is all
[project]                           # what this kind of tracker needs to know; see KINDS
key = "SUP"
type = "Task"
[fields]                            # a field there = what of ours stands in it; see SOURCES
customfield_10010 = "orders"
[states]                            # a state there = ours
"In review" = "open"
[priorities]                        # ours = one there
urgent = "Highest"
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from core.domain.errors import SettingsInvalid
from core.domain.tickets import Priority
from core.mistakes import Mistakes, texts
from handoff.tickets.ticket import State

SOURCES = ("number", "category", "priority", "summary", "orders", "products", "emails",
           "contact", "customer", "language", "emotion", "steps")  # fmt: skip
"""What of a ticket can stand in a field."""
_TOP = {"kind", "url", "private", "timeout_s", "poll_s", "answers", "categories", "project",
        "fields", "states", "priorities"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a kind of tracker must and may be told under [project], and its fields' names."""

    needs: frozenset[str]
    may: frozenset[str] = frozenset()
    fields: str = r"(?!)"
    """Of the names of fields that can be filled; none by default."""


KINDS: Mapping[str, Kind] = {
    "jira": Kind(
        needs=frozenset({"key", "type"}),
        may=frozenset({"user", "api"}),
        fields=r"customfield_\d+|environment|duedate",
    ),
    "zendesk": Kind(needs=frozenset({"user"}), may=frozenset({"group_id"}), fields=r"\d+"),
    "github": Kind(needs=frozenset({"owner", "repo"})),
    "zammad": Kind(needs=frozenset({"group", "customer"}), fields=r"[a-z][a-z0-9_]*"),
    "webhook": Kind(needs=frozenset(), may=frozenset({"status"})),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """All that a file says."""

    kind: str
    url: str
    private: bool = False
    timeout_s: float = 15
    poll_s: float = 300
    answers: bool = False
    categories: tuple[str, ...] = ()
    project: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, State] = field(default_factory=dict)
    """In lower case."""
    priorities: Mapping[str, str] = field(default_factory=dict)

    def state(self, theirs: str, otherwise: State) -> State:
        """Ours for one of theirs."""
        return self.states.get(theirs.casefold(), otherwise)


def parse(text: str, file: str) -> Mapped:
    """The mapping in a text.

    Raises:
        SettingsInvalid: it cannot be read, or has mistakes; all of them are named.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as broken:
        raise SettingsInvalid(f"{file} is not readable as TOML: {broken}") from broken
    mistakes = Mistakes(file)
    for name in sorted(data.keys() - _TOP):
        mistakes.note(name, f"there is no such field; there are {', '.join(sorted(_TOP))}")
    kind = data.get("kind")
    if kind not in KINDS:
        mistakes.note("kind", f"one of {', '.join(KINDS)} is wanted")
    mapped = Mapped(
        kind=str(kind),
        url=_url(data.get("url"), mistakes),
        private=_flag("private", data, mistakes),
        timeout_s=_seconds("timeout_s", data, 15, mistakes),
        poll_s=_seconds("poll_s", data, 300, mistakes),
        answers=_flag("answers", data, mistakes),
        categories=_categories(data, mistakes),
        project=_project(KINDS.get(str(kind)), data, mistakes),
        fields=_fields(KINDS.get(str(kind)), data, mistakes),
        states=_states(data, mistakes),
        priorities=_priorities(data, mistakes),
    )
    mistakes.raise_any()
    return mapped


def _url(form: object, mistakes: Mistakes) -> str:
    parts = urlsplit(form) if isinstance(form, str) else None
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        mistakes.note("url", "an https:// address is wanted")
        return ""
    if parts.username or parts.password or parts.query or parts.fragment:
        mistakes.note("url", "it has no user name, no ? and no #")
    return str(form).rstrip("/")


def _flag(name: str, data: Mapping[str, Any], mistakes: Mistakes) -> bool:
    value = data.get(name, False)
    if not isinstance(value, bool):
        mistakes.note(name, "true or false is wanted")
    return value is True


def _seconds(name: str, data: Mapping[str, Any], default: float, mistakes: Mistakes) -> float:
    value = data.get(name, default)
    if type(value) not in (int, float) or not value > 0:
        mistakes.note(name, "a number of seconds above 0 is wanted")
        return default
    return float(value)


def _categories(data: Mapping[str, Any], mistakes: Mistakes) -> tuple[str, ...]:
    found = texts(data.get("categories", []))
    if len(found) != len(data.get("categories", [])):
        mistakes.note("categories", 'a list of texts is wanted, as ["repair"]')
    return found


def _table(name: str, data: Mapping[str, Any], mistakes: Mistakes) -> Mapping[str, str]:
    table = data.get(name, {})
    if not isinstance(table, dict):
        mistakes.note(name, f"write it under [{name}]")
        return {}
    for key, value in table.items():
        if not isinstance(value, str) or not value.strip():
            mistakes.note(f"{name}.{key}", "a text is wanted")
    return {key: value for key, value in table.items() if isinstance(value, str) and value.strip()}


def _project(kind: Kind | None, data: Mapping[str, Any], mistakes: Mistakes) -> Mapping[str, str]:
    table = _table("project", data, mistakes)
    if kind is not None:
        for name in sorted(kind.needs - data.get("project", {}).keys()):
            mistakes.note(f"project.{name}", "it is missing")
        for name in sorted(table.keys() - kind.needs - kind.may):
            mistakes.note(f"project.{name}", "this kind of tracker has no such setting")
        if table.get("api", "cloud") not in {"cloud", "server"}:
            mistakes.note("project.api", "cloud or server is wanted")
        if kind is KINDS["jira"] and table.get("api", "cloud") == "cloud" and "user" not in table:
            mistakes.note("project.user", "it is missing: the e-mail address of the token's owner")
        if table.get("status", "ask") != "ask":
            mistakes.note("project.status", 'only "ask" is known')
    return table


def _fields(kind: Kind | None, data: Mapping[str, Any], mistakes: Mistakes) -> Mapping[str, str]:
    table = _table("fields", data, mistakes)
    for name, source in table.items():
        if kind is not None and not re.fullmatch(kind.fields, name):
            mistakes.note(f"fields.{name}", "this kind of tracker has no field of such a name")
        if source not in SOURCES:
            mistakes.note(f"fields.{name}", f"one of {', '.join(SOURCES)} is wanted")
    return table


def _states(data: Mapping[str, Any], mistakes: Mistakes) -> Mapping[str, State]:
    found: dict[str, State] = {}
    for name, ours in _table("states", data, mistakes).items():
        if ours in {*State}:
            found[name.casefold()] = State(ours)
        else:
            mistakes.note(f"states.{name}", f"one of {', '.join(State)} is wanted")
    return found


def _priorities(data: Mapping[str, Any], mistakes: Mistakes) -> Mapping[str, str]:
    table = _table("priorities", data, mistakes)
    for name in sorted(table.keys() - {*Priority}):
        mistakes.note(f"priorities.{name}", f"ours are {', '.join(Priority)}")
    return table
