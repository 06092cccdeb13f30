"""A tool as its operator declared it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote

from core.domain.ids import TenantId
from core.schema import validator

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Texts = Mapping[str, str]
"""A sentence by language; the one under "" is for every language that has none of its own."""
FIELD = re.compile(r"\{([^{}]+)\}")
_WITH_BODY = ("POST", "PUT", "PATCH")


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """One field of a response that may be told."""

    label: str
    path: tuple[str, ...]
    """Keys from the outside in; `*` is every entry of a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """What may be called, with what, and what may be told of it."""

    name: str
    title: str
    description: str
    """For the model that chooses."""
    changes: bool
    """Whether a call changes something: then the customer is asked first, and it is made once."""
    method: Method
    url: str
    """With `{argument}` in its path only."""
    query: Texts
    headers: Mapping[str, str] = field(repr=False)
    """With the secrets filled in."""
    schema: Mapping[str, Any]
    """JSON Schema of the arguments: an object without further properties."""
    takes: Mapping[str, re.Pattern[str]]
    """How an argument is found in the customer's words: the first group, or all that matches."""
    asks: Mapping[str, Texts]
    """What the customer is asked for an argument that is missing."""
    confirms: Texts
    """The question before a call that changes something; empty for any other."""
    shows: tuple[Show, ...]
    says: Texts
    """Sentences with `{argument}` and `{label}`; empty leaves them to who writes the answer."""
    missing: Texts
    """What is said when there is no such thing, status 404; empty is a failure."""
    timeout_s: float
    max_bytes: int
    repeats: bool
    """Whether its server honours idempotency keys: then an unanswered call may be sent again."""
    identifies: bool
    """Whether its server is told whose conversation it is, so that it can refuse a stranger."""
    most_per_hour: int
    """Calls in one conversation; who asks for more is offered a person."""
    tenants: frozenset[str]
    """Whose conversations may use it; empty is everybody's."""

    @property
    def required(self) -> tuple[str, ...]:
        """Arguments without which it is not called."""
        return tuple(self.schema.get("required", ()))

    def is_for(self, tenant: TenantId) -> bool:
        """Whether this tenant's conversations may use it."""
        return not self.tenants or tenant in self.tenants

    def fits(self, arguments: Mapping[str, object]) -> bool:
        """Whether these are arguments it can be called with."""
        return bool(validator(self.schema).is_valid(dict(arguments)))

    def lacks(self, arguments: Mapping[str, object]) -> str | None:
        """The first required argument that is not there or does not fit; None with all of them."""
        properties = self.schema["properties"]
        for name in self.required:
            form = properties.get(name, {})
            if name not in arguments or not validator(form).is_valid(arguments[name]):
                return name
        return None

    def address(self, arguments: Mapping[str, object]) -> str:
        """The URL with the arguments in its path, where they cannot become anything else."""
        return FIELD.sub(lambda m: quote(plain(arguments.get(m[1], "")), safe=""), self.url)

    def body(self, arguments: Mapping[str, object]) -> Mapping[str, object] | None:
        """What stands in neither path nor query, for methods that have a body."""
        if self.method not in _WITH_BODY:
            return None
        named = set(FIELD.findall(" ".join((self.url, *self.query.values()))))
        return {name: value for name, value in arguments.items() if name not in named}


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """All that a file declares."""

    tools: tuple[Tool, ...]
    private_hosts: frozenset[str] = frozenset()
    """Hosts that may lie in a network of one's own."""
    choose: Literal["intent", "model"] = "intent"
    """Whether a model is asked in every turn that may want a tool, or an intent decides alone."""


def text_in(texts: Texts, language: str) -> str:
    """The sentence in this language, or the one for all others; empty where there is none."""
    return texts.get(language) or texts.get("") or texts.get("en", "")


def filled(template: str, values: Mapping[str, object]) -> str:
    """The template with each `{name}` that has a value."""
    return FIELD.sub(lambda m: plain(values[m[1]]) if m[1] in values else m[0], template)


def plain(value: object) -> str:
    """A value as people write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
