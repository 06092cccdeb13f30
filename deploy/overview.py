"""The lead's numbers, for the command: the same queries as behind the console's page."""

from collections.abc import Iterator
from datetime import datetime
from typing import get_args

from core.clock import SystemClock
from core.domain.ids import TenantId
from deploy.console import notary_of
from deploy.session import database, server
from deploy.settings import Settings
from handoff.console.lead_views import Day, OverviewView, Slice
from handoff.postgres.attendance import PostgresAttendance
from handoff.postgres.overview import PostgresOverview
from handoff.postgres.practices import PostgresPractices

Row = dict[str, object]
_OF_COMPLETED = frozenset({"rated_up", "rated_down", "unrated"})


async def status(settings: Settings, tenant: str) -> list[Row]:
    """A row for each number: how many, of how many, and seconds where it is about a time.

    Raises:
        SetupError: there is no database, or no key to seal the log of acts with.
    """
    clock, notary = SystemClock(), notary_of(settings)
    async with server(settings) as dsn, database(settings, dsn) as pools:
        practices = PostgresPractices(pools, clock)
        attendance = PostgresAttendance(
            pools, clock, notary, lambda topic: None, practices=practices
        )
        overview = PostgresOverview(pools, clock, practices=practices, attendance=attendance)
        now = await overview.now(TenantId(tenant))
    return [*_now(now), *_today(now.today)]


def _now(desk: OverviewView) -> Iterator[Row]:
    talks = [talk for agent in desk.agents for talk in agent.talks] + desk.others
    online = [agent for agent in desk.agents if agent.presence == "online"]
    begun = [one.requested_at for one in desk.waiting], [talk.since for talk in talks]
    yield _row("now.waiting", len(desk.waiting), seconds=_longest(begun[0], desk.at))
    yield _row("now.talks", len(talks), seconds=_longest(begun[1], desk.at))
    yield _row("now.online", len(online), of=len(desk.agents))
    for level in ("near", "missed"):
        yield _row(f"now.{level}", sum(risk.level == level for risk in desk.risks))


def _today(day: Day) -> Iterator[Row]:
    numbers = day.numbers
    for name in get_args(Slice):
        whole = "completed" if name in _OF_COMPLETED else "requested"
        of = None if name == "requested" else numbers[whole]
        yield _row(f"today.{name}", numbers[name], of=of)
    for name, wait_s in (("median", day.median_s), ("p95", day.p95_s)):
        yield _row(f"today.wait_{name}", numbers["accepted"], seconds=wait_s)


def _row(name: str, n: int, *, of: int | None = None, seconds: float | None = None) -> Row:
    whole = None if seconds is None else round(seconds)
    return {"number": name, "n": n, "of": of, "seconds": whole}


def _longest(since: list[datetime], now: datetime) -> float | None:
    return (now - min(since)).total_seconds() if since else None
