"""Time in which people are there: when something is due, and when they are back.

Without hours people are always there. A span of a day is meant in the wall time of its zone, so
that it is an hour shorter or longer where clocks are put forward or back in it.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from core.policy.hours import Hours, Span

_FAR = timedelta(days=400)
"""Longer than any calendar looks ahead."""


def next_open(hours: Hours | None, moment: datetime) -> datetime | None:
    """When people are there: at this moment, or the next one; None when never in a year."""
    return next((start for start, _ in _spells(hours, moment)), None)


def after(hours: Hours | None, start: datetime, seconds: float) -> datetime:
    """The moment when so many seconds of people's time have passed since `start`.

    Far in the future when people are never there.
    """
    left = timedelta(seconds=seconds)
    for begin, end in _spells(hours, start):
        if end - begin >= left:
            return begin + left
        left -= end - begin
    return start + _FAR


def _spells(hours: Hours | None, start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """When people are there, from a moment on, in order and without overlaps (UTC)."""
    if hours is None:
        yield start, start + _FAR
        return
    reached, limit = start.astimezone(UTC), start.astimezone(UTC) + _FAR
    day = start.astimezone(hours.zone).date()
    while reached < limit:
        for begin, end in _day(hours, day):
            begin = max(begin, reached)
            if begin < end:
                yield begin, end
                reached = end
        day += timedelta(days=1)
        reached = max(reached, _moment(hours, day, time.min))


def _day(hours: Hours, day: date) -> list[tuple[datetime, datetime]]:
    if day in hours.closed:
        return []
    spans = sorted(hours.week[day.weekday()], key=lambda span: span.start)
    return [(_moment(hours, day, span.start), _end(hours, day, span)) for span in spans]


def _end(hours: Hours, day: date, span: Span) -> datetime:
    if span.end == time.max:  # how hours say midnight
        return _moment(hours, day + timedelta(days=1), time.min)
    return _moment(hours, day, span.end)


def _moment(hours: Hours, day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, hours.zone).astimezone(UTC)
