"""The list of conversations in Postgres: pages of it, single rows, and the numbers on the tabs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.domain.ids import AgentId, ConversationId, TenantId
from core.postgres.database import Connection, Database
from core.postgres.queries import beside
from core.postgres.words import pattern_of
from handoff.console.views import Counts, HandoffView, Last, Owner, OwnerKind, Row, SnoozeView

_SQL = beside(__file__)
_LOOKED = 2_000
"""Conversations of the bot that one search looks through; the next page goes on behind them."""
_MOST_CHANGED = 2_000

Standing = tuple[object, ...]
"""State of a request, its agent, until when it is on offer or put away, and since when back."""

Ticket = tuple[UUID, int, UUID | None, datetime]
"""A ticket's id and number, its conversation, and when it last got on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which conversations are wanted; None wants all."""

    mine: AgentId | None = None
    """Those of an agent, and what is on offer to them."""
    owner: OwnerKind | None = None
    channel: str | None = None
    language: str | None = None
    assignee: AgentId | None = None
    unassigned: bool = False
    search: str | None = None
    snoozed: bool | None = None
    """What its agent has put away, and nothing else; False leaves it out."""
    no_bots: bool = False
    """None of the bot's."""

    @property
    def bots(self) -> bool:
        """Whether conversations of the bot can be among them."""
        an_agents = self.no_bots or self.mine is not None or self.assignee is not None
        return not an_agents and self.owner in {None, "bot"}

    @property
    def peoples(self) -> bool:
        """Whether others can."""
        return self.owner != "bot"

    @property
    def pattern(self) -> str | None:
        """What is looked for, for ILIKE."""
        return pattern_of(self.search)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page ends: behind this conversation of this part of the list."""

    bots: bool
    taken: bool
    at: datetime
    id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Conversations in their order."""

    ids: Sequence[UUID]
    next: Place | None
    """None on the last page."""
    searched: int | None = None
    """Of the bot's conversations, so many were looked through for words."""


@dataclass(frozen=True, slots=True)
class _Part:
    ids: list[UUID]
    next: Place | None
    searched: int | None = None


class PostgresInbox:
    """Reads, nothing else."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def counts(self, tenant: TenantId, agent: AgentId | None) -> Counts:
        """The numbers on an agent's tabs."""
        async with self._database.as_tenant(tenant) as connection:
            row = await connection.fetchrow(_SQL.counts, tenant, agent)
        return Counts(
            snoozed=row["snoozed"], mine=row["mine"], waiting=row["waiting"], open=row["open"]
        )

    async def page(
        self, tenant: TenantId, wanted: Filter, after: Place | None, limit: int
    ) -> Page:
        """The next so many: who waits longest, then who talks with agents, then the bot's."""
        async with self._database.as_tenant(tenant) as connection:
            part = _Part([], None)
            if wanted.peoples and not (after and after.bots):
                part = await _with_people(connection, tenant, wanted, after, limit)
            if part.next is not None or not wanted.bots:
                return Page(ids=part.ids, next=part.next)
            rest = limit - len(part.ids)
            if rest == 0:
                return Page(ids=part.ids, next=_START)
            behind = after if after and after.bots else _START
            more = await _with_bot(connection, tenant, wanted, behind, rest)
        return Page(ids=[*part.ids, *more.ids], next=more.next, searched=more.searched)

    async def rows(self, tenant: TenantId, ids: Sequence[UUID]) -> list[Row]:
        """Conversations of the tenant among these, in this order."""
        if not ids:
            return []
        async with self._database.as_tenant(tenant) as connection:
            found = await connection.fetch(_SQL.rows, tenant, ids)
        return [_row(row) for row in found]

    async def active_since(self, tenant: TenantId, since: datetime) -> set[ConversationId]:
        """What has changed lately; of the bot's at most some thousand."""
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.active_since, tenant, since, _MOST_CHANGED)
        return {ConversationId(row["id"]) for row in rows}

    async def open_states(self, tenant: TenantId) -> dict[UUID, Standing]:
        """How the open requests stand, by conversation: state, agent, and until when."""
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.open_states, tenant)
        return {row["conversation"]: tuple(row)[1:] for row in rows}

    async def tickets_since(self, tenant: TenantId, since: datetime) -> list[Ticket]:
        """Tickets that have got on lately; at most a thousand."""
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.tickets_since, tenant, since)
        return [(row["id"], row["number"], row["conversation"], row["changed_at"]) for row in rows]


_START = Place(
    bots=True,
    taken=True,
    at=datetime.fromisoformat("9999-01-01T00:00:00+00:00") - timedelta(days=1),
    id=UUID(int=2**128 - 1),
)
"""Before the first of the bot's."""


async def _with_people(
    connection: Connection, tenant: TenantId, wanted: Filter, after: Place | None, limit: int
) -> _Part:
    rows = await connection.fetch(
        _SQL.with_people,
        tenant,
        wanted.owner,
        wanted.mine,
        wanted.channel,
        wanted.language,
        wanted.assignee,
        wanted.unassigned,
        wanted.pattern,
        after.taken if after else None,
        after.at if after else None,
        after.id if after else None,
        limit + 1,
        wanted.snoozed,
    )
    ids = [row["id"] for row in rows[:limit]]
    if len(rows) <= limit:
        return _Part(ids, None)
    last = rows[limit - 1]
    place = Place(bots=False, taken=last["taken"], at=last["since"], id=last["id"])
    return _Part(ids, place)


async def _with_bot(
    connection: Connection, tenant: TenantId, wanted: Filter, after: Place, limit: int
) -> _Part:
    values = (tenant, wanted.channel, wanted.language, after.at, after.id)
    if wanted.pattern is None:
        rows = await connection.fetch(_SQL.with_bot, *values, limit + 1)
        place = _bots_place(rows[limit - 1]) if len(rows) > limit else None
        return _Part([row["id"] for row in rows[:limit]], place)
    rows = await connection.fetch(_SQL.search_with_bot, *values, limit, _LOOKED, wanted.pattern)
    found = [row for row in rows if row["found"]]
    ids, looked = [row["id"] for row in found], sum(row["looked"] for row in rows)
    if len(found) == limit:
        return _Part(ids, _bots_place(found[-1]), looked)
    return _Part(ids, _bots_place(rows[-1]) if looked == _LOOKED else None, looked)


def _bots_place(row: Any) -> Place:
    return Place(bots=True, taken=True, at=row["active_at"], id=row["id"])


def _row(row: Any) -> Row:
    return Row(
        id=row["id"],
        channel=row["channel"],
        customer=row["customer"],
        customer_name=row["customer_name"],
        language=row["language"],
        owner=Owner(kind=row["owner"], agent=row["agent"], name=row["agent_name"]),
        epoch=row["epoch"],
        seq=row["seq"],
        last=_last(row),
        active_at=row["active_at"],
        handoff=_handoff(row),
        waiting_since=row["waiting_since"],
        frustration=round(row["frustration"], 3),
        snooze=_snooze(row),
    )


def _last(row: Any) -> Last | None:
    if row["last_at"] is None:
        return None
    return Last(author=row["last_author"], text=row["last_text"], at=row["last_at"])


def _snooze(row: Any) -> SnoozeView | None:
    if row["state"] != "active" or not (row["snoozed_until"] or row["woke_at"]):
        return None
    return SnoozeView(until=row["snoozed_until"], woke_at=row["woke_at"])


def _handoff(row: Any) -> HandoffView | None:
    if row["handoff"] is None:
        return None
    return HandoffView(
        id=row["handoff"],
        state=row["state"],
        reason=row["reason"],
        team=row["team"],
        priority=row["priority"],
        requested_at=row["requested_at"],
        agent=row["handoff_agent"],
        until=row["until"],
        targets=row["targets"],
    )
