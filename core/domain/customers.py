"""Who a customer is, as their channel says or an operator has written down.

Names and attributes are customers' words: they stand in no log line, metric label or error.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite

from core.domain.errors import ProfileRefused

LONGEST_NAME = 200
LONGEST_EMAIL = 254  # https://www.rfc-editor.org/errata/eid1690
MOST_ATTRIBUTES = 20
LONGEST_VALUE = 200
_ATTRIBUTE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,39}")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+")
# Controls, what turns the direction of the text around it, and halves of characters.
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is known of a customer beside their id; empty is not known."""

    name: str = ""
    username: str = ""
    """As the platform writes it, without a sign before it."""
    email: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """For instance `plan`: what a policy's rules may look at."""

    @property
    def called(self) -> str:
        """What people call them: the name, else the username; empty without both."""
        return self.name or self.username


NOBODY = Profile()


def name_of(text: str) -> str:
    """A name in one line, without what cannot be seen, and cut where it is too long."""
    return _line(text)[:LONGEST_NAME].rstrip()


def email_of(text: str) -> str:
    """An e-mail address; empty stays empty.

    Raises:
        ProfileRefused: it is none.
    """
    found = _line(text)
    if found and (len(found) > LONGEST_EMAIL or not _EMAIL.fullmatch(found)):
        raise ProfileRefused("A customer's email must be an e-mail address.")
    return found


def attributes_of(form: object) -> Mapping[str, str]:
    """Attributes out of a JSON object of texts, numbers, true and false.

    All are kept as text, as rules write them: `true`, `3`, `2.5`.

    Raises:
        ProfileRefused: they are too many, too long, or of another form; the sentence says which,
            and repeats no value.
    """
    if not isinstance(form, Mapping):
        raise ProfileRefused("The attributes must be an object of names and values.")
    if len(form) > MOST_ATTRIBUTES:
        raise ProfileRefused(f"A customer has at most {MOST_ATTRIBUTES} attributes.")
    found: dict[str, str] = {}
    for name, value in form.items():
        if not isinstance(name, str) or not _ATTRIBUTE.fullmatch(name):
            raise ProfileRefused(
                "An attribute's name begins with a letter and has at most 40 letters, digits and"
                " any of _ . -"
            )
        found[name] = _value(name, value)
    return found


def value_text(value: object) -> str | None:
    """A value of an attribute as text; None for what is neither text nor number nor a bool."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _line(value)
        case int() if abs(value) < 2**63:
            return str(value)
        case float() if isfinite(value):
            return str(int(value)) if value.is_integer() else repr(value)
        case _:
            return None


def _value(name: str, value: object) -> str:
    text = value_text(value)
    if text is None:
        raise ProfileRefused(f"The attribute {name} must be a text, a number, true or false.")
    if len(text) > LONGEST_VALUE:
        raise ProfileRefused(f"The attribute {name} has more than {LONGEST_VALUE} characters.")
    return text


def _line(text: str) -> str:
    return " ".join(_UNSEEN.sub(" ", text).split())
