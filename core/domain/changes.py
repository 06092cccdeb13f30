"""What an operator's own code has changed in a turn."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change by one hook."""

    hook: str
    step: str
    """before_understanding, before_answer or after_answer."""
    text: str
    """What the hook made other than it found it: the words that were read in place of the
    customer's, the titles that were added, the answer as it had been written."""


@dataclass(frozen=True, slots=True)
class Touched(Generic[T]):
    """A value as the hooks left it, and what they did to it, in their order."""

    value: T
    changes: tuple[Change, ...] = ()
