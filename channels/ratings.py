"""What customers think of answers, and of talks with a person."""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.ids import HandoffId, TurnId


class Thumb(StrEnum):
    """A customer's verdict on an answer."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What a customer thinks of one turn."""

    turn: TurnId
    thumb: Thumb
    reason: str | None = None
    """Why it was no good, in one of the words the page offers."""
    comment: str | None = None
    """The customer's own words."""
    traceparent: str = ""
    """Of the request that brought it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkRating:
    """What a customer thinks of a talk with a person."""

    handoff: HandoffId
    thumb: Thumb
    reason: str | None = None
    """Why it was no good, in one of `TALK_REASONS`."""
    comment: str | None = None
    """The customer's own words."""


TALK_REASONS = ("slow", "not_solved", "unfriendly", "other")
"""Why a talk was no good, in the words that are stored."""
