"""What a lead sees of the desk at this moment. Pure: the same values give the same picture."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.domain.ids import HandoffId
from handoff.life import Handoff, waits
from handoff.practice import Practice
from handoff.queue import Place, Rate, expected_wait_s, ordered
from handoff.targets import Clock, Facts, Level, running

UNASKED = "taken by an agent"
"""The reason of a request that an agent made by taking what the bot had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """A target whose time is running out, or has run out."""

    handoff: HandoffId
    clock: Clock
    level: Level


def places(
    open_: Sequence[Handoff], practice: Practice, rate: Rate, now: datetime
) -> Mapping[HandoffId, Place]:
    """Where each of those who wait stands; who is on offer stands nowhere."""
    queue = ordered(filter(waits, open_), now, practice.rules.aging_s)
    return {
        one.id: Place(position=at, wait_s=expected_wait_s(at, rate))
        for at, one in enumerate(queue, start=1)
    }


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
