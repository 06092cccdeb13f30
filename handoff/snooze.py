"""Until when a talk may be put away. Pure.

    active --snooze--> put away --its time, or the customer's words--> back

A talk that is put away is its agent's still, but takes none of their slots and stands in a list of
its own.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta, tzinfo

from handoff.errors import MoveRefused

LONGEST = timedelta(days=366)
_MORNING = time(9)
_MONDAY = 0
_WEEK = 7


def usual(now: datetime, zone: tzinfo) -> Mapping[str, datetime]:
    """What people choose most: in an hour, tomorrow and on Monday at nine by the zone's clocks."""
    today = now.astimezone(zone).date()
    to_monday = (_MONDAY - today.weekday()) % _WEEK or _WEEK
    return {
        "hour": now + timedelta(hours=1),
        "tomorrow": datetime.combine(today + timedelta(days=1), _MORNING, zone),
        "monday": datetime.combine(today + timedelta(days=to_monday), _MORNING, zone),
    }


def checked(until: datetime, now: datetime) -> datetime:
    """A moment until which a talk can be put away.

    Raises:
        MoveRefused: it is over, or too far away.
    """
    if until <= now:
        raise MoveRefused("That time is over; choose one to come.")
    if until - now > LONGEST:
        raise MoveRefused("A talk can be put away for a year at most.")
    return until
