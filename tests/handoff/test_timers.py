"""Time in which people are there."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.policy.hours import Hours, Span
from handoff.timers import after, next_open

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = (Span(time(9), time(12)), Span(time(13), time(17)))
NIGHT = (Span(time(0), time.max),)
WEEKDAYS = Hours(zone=BERLIN, week=(OFFICE,) * 5 + ((),) * 2, closed=frozenset({date(2026, 6, 3)}))
ALWAYS = Hours(zone=BERLIN, week=(NIGHT,) * 7)
NEVER = Hours(zone=BERLIN, week=((),) * 7)
ODD = Hours(  # overlapping, unsorted, by night
    zone=ZoneInfo("America/St_Johns"),
    week=((Span(time(1), time(3)), Span(time(0), time(2)), Span(time(22), time.max)),) * 7,
)
HOUR = 3600


def counted_s(hours: Hours | None, start: datetime, end: datetime) -> float:
    """Seconds of people's time, in quarters of an hour, at which all spans begin and end."""
    if hours is None:
        return (end - start).total_seconds()
    quarter, found = timedelta(minutes=15), 0.0
    begin = start.astimezone(UTC)
    while begin < end:
        finish = begin.replace(minute=begin.minute // 15 * 15, second=0, microsecond=0) + quarter
        if hours.open_at(begin):
            found += (min(finish, end) - begin).total_seconds()
        begin = finish
    return found


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-06-01T09:00", 1, "2026-06-01T10:00"),
        ("2026-06-01T09:00", 3, "2026-06-01T12:00"),
        ("2026-06-01T09:00", 4, "2026-06-01T14:00"),  # over lunch
        ("2026-06-01T03:00", 1, "2026-06-01T10:00"),  # before opening
        ("2026-06-02T16:30", 1, "2026-06-04T09:30"),  # over a holiday
        ("2026-06-05T16:00", 8, "2026-06-08T17:00"),  # over a weekend
        ("2026-06-06T11:00", 7, "2026-06-08T17:00"),
    ],
)
def test_time_passes_only_while_people_are_there(start: str, hours: int, due: str) -> None:
    assert after(WEEKDAYS, at(start), hours * HOUR) == at(due)
    assert counted_s(WEEKDAYS, at(start), at(due)) == hours * HOUR


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-06-01T10:00", "2026-06-01T10:00"),
        ("2026-06-01T12:00", "2026-06-01T13:00"),
        ("2026-06-02T17:00", "2026-06-04T09:00"),
        ("2026-06-05T18:00", "2026-06-08T09:00"),
    ],
)
def test_people_are_back_at_the_next_opening(moment: str, opens: str) -> None:
    assert next_open(WEEKDAYS, at(moment)) == at(opens)


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)]
)
def test_a_day_on_which_clocks_change_is_shorter_or_longer(day: str, hours: int) -> None:
    start = at(f"{day}T00:00")
    end = datetime.combine(start.date() + timedelta(days=1), time.min, BERLIN)

    assert after(ALWAYS, start, hours * HOUR) == end


def test_people_who_are_never_there_are_never_back() -> None:
    start = at("2026-06-01T09:00")

    assert next_open(NEVER, start) is None
    assert after(NEVER, start, 1) > start + timedelta(days=365)


def test_without_hours_all_time_counts() -> None:
    start = at("2026-06-06T03:00")

    assert next_open(None, start) == start
    assert after(None, start, 90) == start + timedelta(seconds=90)


MOMENTS = st.integers(0, 700 * 24 * HOUR).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
HOURS = st.sampled_from([WEEKDAYS, ALWAYS, ODD, None])


@given(hours=HOURS, start=MOMENTS, seconds=st.integers(0, 30 * HOUR))
def test_what_is_due_then_took_so_long(hours: Hours | None, start: datetime, seconds: int) -> None:
    due = after(hours, start, seconds)

    assert counted_s(hours, start, due) == pytest.approx(seconds, abs=1e-5)


@given(hours=st.sampled_from([WEEKDAYS, ODD]), moment=MOMENTS)
def test_at_an_opening_people_are_there(hours: Hours, moment: datetime) -> None:
    opens = next_open(hours, moment)

    assert opens is not None
    assert opens >= moment
    assert hours.open_at(opens)
    assert (opens == moment) == hours.open_at(moment)
