"""A policy: rules in order, each with what must hold and what is done then."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from core.domain.actions import in_language
from core.policy.hours import Hours
from core.policy.words import WordList

LABELS = ("intent", "emotion", "language")
LEVELS = (
    "frustration",
    "confidence",
    "intent_confidence",
    "emotion_confidence",
    "repeats",
    "unknowns",
    "offers",
)


@dataclass(frozen=True, slots=True)
class OneOf:
    """A label of the situation is one of these."""

    of: str
    """One of `LABELS`."""
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """A number of the situation lies in a range; one that is not known never does."""

    of: str
    """One of `LEVELS`."""
    at_least: float | None = None
    below: float | None = None


@dataclass(frozen=True, slots=True)
class Has:
    """A text has a word of one of these lists."""

    of: Literal["words", "answer_words"]
    """The customer's text, or the bot's answer."""
    lists: tuple[WordList, ...]


@dataclass(frozen=True, slots=True)
class Customer:
    """An attribute of the customer has one of these values."""

    attribute: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerWithin:
    """An attribute of the customer is a number in a range; what is no number never is."""

    attribute: str
    at_least: float | None = None
    below: float | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """People are there, or they are not."""

    wanted: bool


Condition: TypeAlias = OneOf | Within | Has | Customer | CustomerWithin | Open


@dataclass(frozen=True, slots=True)
class Answer:
    """The turn goes on as without a policy."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """A person takes over."""

    team: str = ""
    """Which people; empty is whoever is there."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The answer, with the offer of a person."""


@dataclass(frozen=True, slots=True)
class ApologiseAndOffer:
    """Sorry is said first, and a person is offered."""


@dataclass(frozen=True, slots=True)
class Filter:
    """The words that the rule found in the answer are masked."""


@dataclass(frozen=True, slots=True)
class Disclaimer:
    """A sentence is set below the answer."""

    texts: Mapping[str, str]
    """By language; the one under "" is for every language without its own."""

    def in_language(self, language: str) -> str:
        """The sentence for this language: its own, else the general, else the English one."""
        return in_language(self.texts, language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """If a person takes over, whatever decides that: who, and before whom."""

    team: str = ""
    """Which people, where what decides names none; empty is whoever is there."""
    priority: int = 0
    skills: tuple[str, ...] = ()
    """That whoever takes it should have."""

    def joined(self, later: "Route") -> "Route":
        """Both: the later team, the higher priority, all skills."""
        return Route(
            team=later.team or self.team,
            priority=max(self.priority, later.priority),
            skills=tuple(dict.fromkeys((*self.skills, *later.skills))),
        )


NO_ROUTE = Route()
Deciding: TypeAlias = Answer | HandOver | Offer | ApologiseAndOffer
"""What ends the search: the first rule of this kind that holds fires, and no later one."""
Marking: TypeAlias = Filter | Disclaimer | Route
"""What is added on the way: all of these that hold before the deciding one fire."""
Action: TypeAlias = Deciding | Marking


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When all conditions hold, this is done."""

    name: str
    when: tuple[Condition, ...]
    do: Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Rules in the order in which they are asked."""

    rules: tuple[Rule, ...]
    hours: Hours | None = None
    """None: people are always there."""

    def open_at(self, moment: datetime) -> bool:
        """Whether people are there."""
        return self.hours is None or self.hours.open_at(moment)
