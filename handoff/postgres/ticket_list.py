"""Tickets in Postgres, for those who only read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.domain.ids import ConversationId, TenantId, TicketId
from core.postgres.database import Database
from core.postgres.queries import beside
from handoff.errors import TicketNotFound
from handoff.postgres.rows import comment_of, ticket_of
from handoff.tickets.ticket import Comment, State, Ticket

_SQL = beside(__file__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which tickets are listed."""

    states: frozenset[State] = frozenset(State)
    below: int | None = None
    """Only those with a smaller number: the next page."""
    conversation: ConversationId | None = None
    limit: int = 50


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
        states = [state.value for state in wanted.states]
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(
                _SQL.page, tenant, states, wanted.below, wanted.conversation, wanted.limit
            )
        return [ticket_of(row) for row in rows]

    async def open_of(self, tenant: TenantId, channel: str, customer: str) -> Sequence[Ticket]:
        """A customer's tickets that are not done, newest first."""
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.open_of, tenant, channel, customer)
        return [ticket_of(row) for row in rows]

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
