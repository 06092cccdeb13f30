"""Reads the table of business hours."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.mistakes import Mistakes, texts
from core.policy.hours import DAYS, Hours, Span


def hours(table: object, mistakes: Mistakes) -> Hours | None:
    """The hours, as far as they can be read; what cannot is noted."""
    if not isinstance(table, dict):
        mistakes.note("hours", "write the hours under [hours]")
        return None
    for name in sorted(table.keys() - {"zone", "closed", *DAYS}):
        mistakes.note(
            f"hours.{name}", f"there is no such field; there are zone, closed, {DAYS[0]}..."
        )
    zone = _zone(table.get("zone"), mistakes)
    week = tuple(_day(day, table.get(day, []), mistakes) for day in DAYS)
    if not any(table.get(day) for day in DAYS):
        mistakes.note("hours", "at least one day has hours")
    return Hours(zone=zone, week=week, closed=_holidays(table, mistakes))


def _zone(name: object, mistakes: Mistakes) -> ZoneInfo:
    try:
        return ZoneInfo(name if isinstance(name, str) else "")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        mistakes.note("hours.zone", "the name of a time zone is wanted, like Europe/Berlin")
        return ZoneInfo("UTC")


def _day(day: str, form: object, mistakes: Mistakes) -> tuple[Span, ...]:
    spans = texts(form)
    if form and not spans:
        mistakes.note(f"hours.{day}", 'a list is wanted, like ["09:00-17:00"]')
    found = []
    for text in spans:
        start, _, end = text.partition("-")
        try:
            found.append(Span(time.fromisoformat(start.strip()), _end(end.strip())))
        except ValueError:
            mistakes.note(f"hours.{day}", f"{text} is no span of a day, like 09:00-17:00")
    return tuple(found)


def _end(text: str) -> time:
    return time.max if text == "24:00" else time.fromisoformat(text)


def _holidays(table: Mapping[str, Any], mistakes: Mistakes) -> frozenset[date]:
    found = set()
    closed = table.get("closed", [])
    for one in closed if isinstance(closed, list) else [closed]:
        try:
            # TOML has dates of its own; both forms are taken
            found.add(one if type(one) is date else date.fromisoformat(str(one)))
        except ValueError:
            mistakes.note("hours.closed", f"{one} is no date, like 2026-12-25")
    return frozenset(found)
