"""Until when a talk may be put away, and what that means for whoever is asked next."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handoff.assignment import Presence
from handoff.errors import MoveRefused
from handoff.life import Active, step
from handoff.moves import Admit, AgentGone, Close, Offer
from handoff.plan import Desk, plan, with_loads
from handoff.practice import Limits, Practice
from handoff.queue import Rate
from handoff.snooze import LONGEST, checked, usual
from tests.builders import NOON
from tests.handoff.cast import ANN, a_handoff, a_person

BERLIN = ZoneInfo("Europe/Berlin")
AWAY = replace(a_handoff(Active(ANN)), snoozed=True)
QUIET = Rate(begun=0, over_s=1800)


def test_tomorrow_is_nine_by_the_tenants_clocks_also_where_they_are_put_forward() -> None:
    saturday = datetime(2026, 3, 28, 20, 0, tzinfo=ZoneInfo("UTC"))

    found = usual(saturday, BERLIN)

    assert found["hour"] - saturday == timedelta(hours=1)
    assert found["tomorrow"].isoformat() == "2026-03-29T09:00:00+02:00"
    assert found["monday"].isoformat() == "2026-03-30T09:00:00+02:00"


def test_on_a_monday_monday_is_the_next_one() -> None:
    monday = datetime(2026, 3, 30, 7, 0, tzinfo=BERLIN)

    assert usual(monday, BERLIN)["monday"].date().isoformat() == "2026-04-06"


def test_the_day_is_the_zones_and_not_the_servers() -> None:
    late = datetime(2026, 3, 2, 20, 0, tzinfo=ZoneInfo("UTC"))  # the 3rd in Shanghai

    found = usual(late, ZoneInfo("Asia/Shanghai"))

    assert found["tomorrow"].isoformat() == "2026-03-04T09:00:00+08:00"


@pytest.mark.parametrize(
    ("until", "why"),
    [(NOON, "is over"), (NOON + LONGEST + timedelta(seconds=1), "a year")],
    ids=["now", "far"],
)
def test_a_time_that_makes_no_sense_is_refused(until: datetime, why: str) -> None:
    with pytest.raises(MoveRefused, match=why):
        checked(until, NOON)


def test_what_is_put_away_takes_no_slot() -> None:
    desk = Desk(handoffs=[AWAY, a_handoff()], people=(a_person(ANN),), rate=QUIET)

    made = [type(one.move) for one in plan(desk, Practice(), NOON)]

    assert made == [Admit, Offer]


def test_who_has_too_much_when_it_wakes_gets_nothing_new_until_below() -> None:
    woken = replace(AWAY, snoozed=False, woke_at=NOON)
    other = a_handoff(Active(ANN))
    (ann,) = with_loads((a_person(ANN),), [woken, other])
    both = Desk(handoffs=[woken, other, a_handoff()], people=(a_person(ANN),), rate=QUIET)

    assert (ann.busy, ann.capacity, ann.room) == (2, 1, 0)
    assert [type(one.move) for one in plan(both, Practice(), NOON)] == [Admit]
    closed = step(other, Close(agent=ANN, name="Ann"), NOON).handoff
    (ann,) = with_loads((a_person(ANN),), [woken, closed])
    assert ann.room == 0  # still the one that woke


def test_who_put_a_talk_away_may_go_home() -> None:
    """It is not given to others meanwhile; once it is back its agent has time to come."""
    gone = a_person(ANN, presence=Presence.OFFLINE)
    later = NOON + timedelta(days=3)
    wait = timedelta(seconds=Limits().gone_s)

    def made(handoff, now):
        return [
            one.move
            for one in plan(Desk(handoffs=[handoff], people=(gone,), rate=QUIET), Practice(), now)
        ]

    woken = replace(AWAY, snoozed=False, woke_at=later)
    assert made(AWAY, later) == []
    assert made(woken, later) == []
    assert AgentGone(ANN) in made(woken, later + wait)


def test_whoever_has_it_next_has_it_awake() -> None:
    after = step(AWAY, AgentGone(ANN), NOON).handoff

    assert (after.snoozed, after.woke_at) == (False, None)
