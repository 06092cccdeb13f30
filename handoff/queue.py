"""Who is served before whom, the place of each, and how long it takes from there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.domain.ids import HandoffId
from handoff.life import Handoff

_FEWEST = 5
"""Talks that must have begun before a wait is told from them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How many talks agents began in the last while."""

    begun: int
    over_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where somebody stands."""

    position: int
    """From 1."""
    wait_s: float | None
    """How long it usually takes from there; None when nobody knows."""


def ordered(queue: Iterable[Handoff], now: datetime, aging_s: float) -> tuple[Handoff, ...]:
    """Those who wait, the first one first.

    A higher priority comes first, then who has waited longer. Every `aging_s` of waiting is worth
    one priority, so that nobody starves: only those can overtake who come within `aging_s` for
    each priority that they have more.
    """
    return tuple(sorted(queue, key=lambda one: _rank(one, now, aging_s)))


def places(
    waiting: Iterable[Handoff], now: datetime, aging_s: float, rate: Rate
) -> Mapping[HandoffId, Place]:
    """Where each of those stands who wait."""
    return {
        one.id: Place(position=number, wait_s=expected_wait_s(number, rate))
        for number, one in enumerate(ordered(waiting, now, aging_s), start=1)
    }


def expected_wait_s(place: int, rate: Rate) -> float | None:
    """Seconds until it is this place's turn, if talks go on to begin as fast as they lately did.

    None when too few have begun to tell.
    """
    if rate.begun < _FEWEST:
        return None
    return place * rate.over_s / rate.begun


def _rank(handoff: Handoff, now: datetime, aging_s: float) -> tuple[int, datetime, HandoffId]:
    waited = max(now - handoff.requested_at, timedelta())
    return (
        -handoff.wants.priority - int(waited.total_seconds() // aging_s),
        handoff.requested_at,
        handoff.id,
    )
