"""What a lead sees of the desk at this moment. Pure: the same values give the same picture."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from core.domain.ids import HandoffId
from handoff.practice import Practice
from handoff.targets import Clock, Facts, Level, running

UNASKED = "taken by an agent"
"""The reason of a request that an agent made by taking what the bot had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """A target whose time is running out, or has run out."""

    handoff: HandoffId
    clock: Clock
    level: Level


def risks(
    facts: Iterable[tuple[HandoffId, Facts]], practice: Practice, now: datetime
) -> tuple[Risk, ...]:
    """The targets that are near or missed and not yet met, the first due first."""
    found = [
        Risk(handoff=handoff, clock=clock, level=level)
        for handoff, each in facts
        for clock in running(each, practice.targets, practice.hours)
        if (level := level_of(clock, now)) is not None
    ]
    return tuple(sorted(found, key=lambda risk: (risk.clock.due_at, risk.handoff)))


def level_of(clock: Clock, now: datetime) -> Level | None:
    """How far a running clock has come; None while there is time enough."""
    if now >= clock.due_at:
        return Level.MISSED
    return Level.NEAR if now >= clock.near_at else None
