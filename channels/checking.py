"""What looking at an account found: for whoever adds one, or asks whether it still works."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How one thing stands."""

    OK = "ok"
    WARN = "warn"
    """It works, and an operator should know."""
    WRONG = "wrong"
    """It does not work until an operator acts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    check: str
    """What was looked at, in a word or two: `token`, `webhook`, `clock`."""
    state: State
    text: str
    """One sentence, without a secret: what was found, and what to do about it."""
