"""Tickets in Postgres, for those who only read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.domain.ids import AgentId, ConversationId, TenantId, TicketId
from core.postgres.database import Database
from core.postgres.queries import beside
from core.postgres.words import pattern_of
from handoff.errors import TicketNotFound
from handoff.postgres.rows import comment_of, ticket_of
from handoff.tickets.ticket import Comment, Concerned, State, Ticket

_SQL = beside(__file__)
_LOOKED = 2_000
"""Tickets that one search looks through; the next page goes on behind them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which tickets are listed."""

    states: frozenset[State] = frozenset(State)
    below: int | None = None
    """Only those with a smaller number: the next page."""
    conversation: ConversationId | None = None
    assignee: AgentId | None = None
    unassigned: bool = False
    connector: str | None = None
    """Only those that this tracker was told of, or is to be told of."""
    search: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPage:
    """Tickets in their order."""

    tickets: Sequence[Ticket]
    next: int | None
    """What the next page is below; None on the last one."""
    searched: int | None
    """So many were looked through for words; None when none were looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """A ticket that is about the same as another one."""

    number: int
    title: str
    state: State


class TicketList:
    """All tickets of all tenants."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, tenant: TenantId, ticket: TicketId) -> Ticket:
        """The ticket as it is.

        Raises:
            TicketNotFound: unknown, or of another tenant.
        """
        async with self._database.as_tenant(tenant) as connection:
            row = await connection.fetchrow(_SQL.look, ticket)
        return found_in(row)

    async def numbered(self, tenant: TenantId, number: int) -> Ticket:
        """The ticket of a number; raises what `get` does."""
        async with self._database.as_tenant(tenant) as connection:
            return found_in(await connection.fetchrow(_SQL.numbered, tenant, number))

    async def page(self, tenant: TenantId, wanted: Wanted) -> Sequence[Ticket]:
        """Tickets, newest first."""
        return (await self.listed(tenant, wanted)).tickets

    async def listed(self, tenant: TenantId, wanted: Wanted) -> TicketPage:
        """Tickets, newest first, and where the next page begins."""
        limit, pattern = wanted.limit, pattern_of(wanted.search)
        looked = limit + 1 if pattern is None else _LOOKED
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(
                _SQL.page,
                tenant,
                [state.value for state in wanted.states],
                wanted.below,
                wanted.conversation,
                wanted.assignee,
                wanted.unassigned,
                wanted.connector,
                looked,
                pattern,
                (wanted.search or "").strip().removeprefix("#"),
                limit + 1,
            )
        found = [ticket_of(row) for row in rows if row["id"] is not None]
        searched = None if pattern is None else rows[0]["looked"]
        rest = rows[0]["lowest"] if searched == _LOOKED else None
        after = found[limit - 1].number if len(found) > limit else rest
        return TicketPage(tickets=found[:limit], next=after, searched=searched)

    async def duplicates_of(self, tenant: TenantId, ticket: TicketId) -> Sequence[Duplicate]:
        """Tickets that are about the same as this one, oldest first."""
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.duplicates_of, tenant, ticket)
        return [
            Duplicate(number=row["number"], title=row["title"], state=State(row["state"]))
            for row in rows
        ]

    async def trackers(self, tenant: TenantId) -> Sequence[str]:
        """How a tenant's trackers are called."""
        async with self._database.as_tenant(tenant) as connection:
            return [row["name"] for row in await connection.fetch(_SQL.trackers, tenant)]

    async def open_of(self, tenant: TenantId, channel: str, customer: str) -> Sequence[Ticket]:
        """A customer's tickets that are not done, newest first."""
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.open_of, tenant, channel, customer)
        return [ticket_of(row) for row in rows]

    async def of_origin(self, tenant: TenantId, origin: str) -> Ticket | None:
        """The ticket that was opened for it; None when there is none yet."""
        async with self._database.as_tenant(tenant) as connection:
            row = await connection.fetchrow(_SQL.of_origin, tenant, origin)
        return None if row is None else ticket_of(row)

    async def concerned(
        self, tenant: TenantId, conversation: ConversationId, done_since: datetime, reply: UUID
    ) -> Sequence[Concerned]:
        """What may be meant in a conversation: what is not done, or only since then; newest first.

        Args:
            tenant: whose conversation it is.
            conversation: where something was said.
            done_since: what was done earlier is over.
            reply: the comment that these words would be if they opened one again.
        """
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.concerned, conversation, done_since, reply)
        return [
            Concerned(ticket=ticket_of(row), told_seq=row["told_seq"], again=row["again"])
            for row in rows
        ]

    async def comments(self, tenant: TenantId, ticket: TicketId) -> Sequence[Comment]:
        """What was said about it, in order."""
        async with self._database.as_tenant(tenant) as connection:
            return [comment_of(row) for row in await connection.fetch(_SQL.comments, ticket)]


def found_in(row: Any) -> Ticket:
    """The ticket of a row.

    Raises:
        TicketNotFound: there is no row.
    """
    if row is None:
        raise TicketNotFound
    return ticket_of(row)
