"""How soon customers are to be answered, and what of that is running. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.policy.hours import Hours
from handoff.timers import after

NEAR = 0.75
"""This share of a target's time has passed when somebody is warned."""


class Target(StrEnum):
    """What is promised."""

    FIRST = "first"
    """An agent's first word after the request."""
    NEXT = "next"
    """An agent's answer to what the customer writes after that."""
    RESOLUTION = "resolution"
    """The end of the handoff after the request."""


class Level(StrEnum):
    """How far a target's time has run."""

    NEAR = "near"
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """Seconds of people's time; None promises nothing."""

    first_s: float | None = None
    next_s: float | None = None
    resolution_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What has happened in an open handoff."""

    requested_at: datetime
    answered_at: datetime | None
    """The first word of an agent."""
    unanswered: tuple[int, datetime] | None
    """`seq` and time of the first thing the customer wrote after the agent's last word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A target whose time is running."""

    target: Target
    seq: int
    """Of the message that is to be answered; 0 where it is not one message."""
    near_at: datetime
    due_at: datetime

    @property
    def name(self) -> str:
        """The same for the same promise, whenever it is asked."""
        return f"{self.target}.{self.seq}"

    def at(self, level: Level) -> datetime:
        """When it reaches this level."""
        return self.near_at if level is Level.NEAR else self.due_at


def running(facts: Facts, targets: Targets, hours: Hours | None) -> tuple[Clock, ...]:
    """The clocks that run; they stand still while nobody is there by the hours."""
    return tuple(
        Clock(
            target=target,
            seq=seq,
            near_at=after(hours, start, seconds * NEAR),
            due_at=after(hours, start, seconds),
        )
        for target, seq, start, seconds in _started(facts, targets)
        if seconds is not None
    )


def _started(
    facts: Facts, targets: Targets
) -> Iterator[tuple[Target, int, datetime, float | None]]:
    yield Target.RESOLUTION, 0, facts.requested_at, targets.resolution_s
    if facts.answered_at is None:
        yield Target.FIRST, 0, facts.requested_at, targets.first_s
    elif facts.unanswered is not None:
        yield Target.NEXT, *facts.unanswered, targets.next_s
