"""What is promised, and how much of its time has run."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from core.policy.hours import Hours, Span
from handoff.targets import Facts, Level, Target, Targets, running
from tests.builders import NOON

ALL = Targets(first_s=600, next_s=300, resolution_s=7200)
MORNING = Hours(zone=ZoneInfo("UTC"), week=((Span(time(8), time(12)),),) * 7)
NEW = Facts(requested_at=NOON, answered_at=None, unanswered=None)


def seconds(moment: datetime) -> float:
    return (moment - NOON).total_seconds()


def test_a_request_starts_the_clocks_of_the_first_answer_and_of_the_end() -> None:
    clocks = {clock.target: clock for clock in running(NEW, ALL, None)}

    assert clocks.keys() == {Target.FIRST, Target.RESOLUTION}
    assert seconds(clocks[Target.FIRST].at(Level.NEAR)) == 450
    assert seconds(clocks[Target.FIRST].at(Level.MISSED)) == 600
    assert seconds(clocks[Target.RESOLUTION].near_at) == 5400


def test_after_the_first_answer_each_question_has_a_clock_of_its_own() -> None:
    asked = NOON + timedelta(seconds=100)
    answered = Facts(requested_at=NOON, answered_at=NOON, unanswered=(7, asked))

    clocks = {clock.name: clock for clock in running(answered, ALL, None)}

    assert clocks.keys() == {"next.7", "resolution.0"}
    assert seconds(clocks["next.7"].due_at) == 400


def test_what_is_answered_runs_no_more() -> None:
    answered = Facts(requested_at=NOON, answered_at=NOON, unanswered=None)

    assert [clock.target for clock in running(answered, ALL, None)] == [Target.RESOLUTION]


def test_nothing_promised_is_nothing_due() -> None:
    assert running(NEW, Targets(), None) == ()


@given(first=st.integers(1, 100_000), hours=st.sampled_from([None, MORNING]))
def test_the_warning_comes_before_the_end_and_neither_out_of_hours(
    first: int, hours: Hours | None
) -> None:
    (clock,) = running(NEW, Targets(first_s=first), hours)

    assert NOON <= clock.near_at <= clock.due_at
    for moment in (clock.near_at, clock.due_at):
        assert hours is None or hours.open_at(moment - timedelta(microseconds=2))
