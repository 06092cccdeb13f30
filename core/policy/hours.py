"""When people are there."""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a day: from the first minute on, until the second one."""

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ValueError("a span ends after it starts, on the same day")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Business hours in one time zone."""

    zone: ZoneInfo
    week: tuple[tuple[Span, ...], ...]
    """For each day from Monday on."""
    closed: frozenset[date] = frozenset()
    """Holidays."""

    def open_at(self, moment: datetime) -> bool:
        """Whether people are there at this aware time."""
        local = moment.astimezone(self.zone)
        if local.date() in self.closed:
            return False
        clock = local.time()
        return any(span.start <= clock < span.end for span in self.week[local.weekday()])
