"""Tickets in Postgres: each change is one transaction with all that follows from it.

That is its audit entry, its event, what the customer hears, and the work of telling trackers.
The conversation's row is locked first, as by everything that says something in it, then the
ticket's.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from core.domain.errors import ConversationNotFound
from core.domain.ids import ConversationId, TenantId, TicketId
from core.ports import Clock
from core.postgres.database import Connection, Database
from core.postgres.queries import beside
from handoff.errors import MoveRefused
from handoff.life import Line
from handoff.people.account import Actor
from handoff.people.audit import Act
from handoff.postgres.rows import ticket_of
from handoff.postgres.telling import Say, Telling
from handoff.postgres.ticket_list import TicketList, found_in
from handoff.tickets.ticket import (
    DONE,
    Changes,
    Comment,
    NewTicket,
    State,
    Ticket,
    check_move,
    is_reopened,
    told_of,
)

_SQL = beside(__file__)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a comment came from: the connector, and its id there."""

    source: str = ""
    remote: str = ""


HERE = Origin()


class PostgresTickets(TicketList):
    """All tickets of all tenants."""

    def __init__(self, database: Database, clock: Clock, *, telling: Telling) -> None:
        super().__init__(database)
        self._clock = clock
        self._telling = telling

    async def open(self, actor: Actor, new: NewTicket) -> Ticket:
        """Open a ticket; for an origin that has one already, that one.

        Raises:
            ConversationNotFound: unknown, or of another tenant.
        """
        say = await self._telling.words(actor.tenant)
        async with self._database.as_tenant(actor.tenant) as connection, connection.transaction():
            last = await connection.fetchval(_SQL.number, actor.tenant)
            before = await connection.fetchrow(_SQL.of_origin, actor.tenant, new.origin)
            if before is not None:
                return ticket_of(before)
            ticket = await self._insert(connection, actor, new, last + 1)
            line = Line(phrase="ticket_opened", fields={"number": ticket.number})
            text = say(None if new.told else line, ticket.says.language)
            seq = await self._telling.record(connection, actor, ticket, _opened(ticket), text)
        self._telling.told(ticket, seq)
        return ticket

    async def email_of(self, tenant: TenantId, channel: str, customer: str) -> str:
        """The e-mail address at which a customer is known; empty where there is none."""
        async with self._database.as_tenant(tenant) as connection:
            found = await connection.fetchval(_SQL.email_of, tenant, channel, customer)
        return found or ""

    async def frustration_of(self, tenant: TenantId, conversation: ConversationId) -> float:
        """The highest level that the customer's frustration reached in a talk, 0 to 1."""
        async with self._database.as_tenant(tenant) as connection:
            found = await connection.fetchval(_SQL.frustration_of, tenant, conversation)
        return found or 0.0

    async def move(self, actor: Actor, ticket: TicketId, state: State) -> Ticket:
        """Bring it into a state; one that it is in already is a no-op.

        Raises:
            TicketNotFound: unknown, or of another tenant.
            MoveRefused: it cannot get there; the sentence says why.
        """
        say = await self._telling.words(actor.tenant)
        async with self._locked(actor, ticket) as (connection, before):
            if before.state is state:
                return before
            after, seq = await self._become(connection, actor, before, state, say)
        self._telling.told(after, seq)
        return after

    async def reopen(self, actor: Actor, ticket: TicketId, replies: Sequence[Comment]) -> bool:
        """Open one again for what its customer wrote, which becomes comments of it.

        The same words do it once: when the first of them is a comment of it already, only the
        others are added.

        Args:
            actor: the customer.
            ticket: one that was done.
            replies: at least one, in order.

        Returns:
            False, and nothing is stored, when it is open by other means.

        Raises:
            TicketNotFound: unknown, or of another tenant.
        """
        say = await self._telling.words(actor.tenant)
        async with self._locked(actor, ticket) as (connection, before):
            again = await connection.fetchval(_SQL.said_before, ticket, replies[0].id)
            if not again and before.state not in DONE:
                return False
            for reply in replies:
                await self._add(connection, actor, before, reply)
            after, seq = before, None
            if not again:
                after, seq = await self._become(connection, actor, before, State.OPEN, say)
        self._telling.told(after, seq)
        return True

    async def reach(self, actor: Actor, ticket: TicketId, contact: str, note: Comment) -> None:
        """Note where the customer wants the answer, with a comment; known already it is a no-op.

        Raises:
            TicketNotFound: unknown, or of another tenant.
        """
        async with self._locked(actor, ticket) as (connection, found):
            values = (contact, "@" in contact, self._clock.now())
            if await connection.fetchval(_SQL.reach, ticket, *values) is None:
                return
            await self._add(connection, actor, found, note)
            act = _act(found, "change", fields="contact")
            await self._telling.record(connection, actor, found, act, "")
        self._telling.told(found, None)

    async def _become(
        self, connection: Connection, actor: Actor, before: Ticket, state: State, say: Say
    ) -> tuple[Ticket, int | None]:
        """Another state, with all that follows; and the `seq` of what the customer hears."""
        ticket = before.id
        check_move(before.state, state)
        again = is_reopened(before.state, state)
        await connection.execute(_SQL.move, ticket, state.value, again, self._clock.now())
        after = ticket_of(await connection.fetchrow(_SQL.get, ticket))
        act = _act(after, "move", before=before.state.value, after=state.value)
        text = say(told_of(after.number, before.state, state), after.says.language)
        seq = await self._telling.record(connection, actor, after, act, text)
        if seq is not None and state in DONE:
            await connection.execute(_SQL.told, ticket, seq)
        return after, seq

    async def _add(
        self, connection: Connection, actor: Actor, ticket: Ticket, comment: Comment
    ) -> None:
        """A comment that its customer is not told; said before it is a no-op."""
        values = (comment.author, comment.public, comment.text, HERE.source, HERE.remote)
        fresh = await connection.fetchval(
            _SQL.comment, comment.id, actor.tenant, ticket.id, *values, comment.at
        )
        if fresh is not None:
            act = _act(ticket, "comment", comment=str(comment.id), public=comment.public)
            await self._telling.record(connection, actor, ticket, act, "")

    async def change(self, actor: Actor, ticket: TicketId, changes: Changes) -> Ticket:
        """Give fields other values; the customer hears nothing of it.

        Raises:
            TicketNotFound: unknown, or of another tenant.
        """
        values = [getattr(changes, each.name) for each in fields(changes)]
        async with self._locked(actor, ticket) as (connection, _):
            await connection.execute(_SQL.change, ticket, *values, self._clock.now())
            after = ticket_of(await connection.fetchrow(_SQL.get, ticket))
            named = [each.name for each in fields(changes) if getattr(changes, each.name)]
            act = _act(after, "change", fields=" ".join(named))
            await self._telling.record(connection, actor, after, act, "")
        self._telling.told(after, None)
        return after

    async def comment(
        self, actor: Actor, ticket: TicketId, comment: Comment, origin: Origin = HERE
    ) -> None:
        """Store something said about it; said before under the same id it is a no-op.

        What is public and not the customer's own word is told in their conversation.

        Raises:
            TicketNotFound: unknown, or of another tenant.
        """
        say = await self._telling.words(actor.tenant)
        async with self._locked(actor, ticket) as (connection, found):
            values = (comment.author, comment.public, comment.text, origin.source, origin.remote)
            fresh = await connection.fetchval(
                _SQL.comment, comment.id, actor.tenant, ticket, *values, comment.at
            )
            if fresh is None:
                return
            spoken = comment.public and comment.author != "customer"
            said: dict[str, str | int | datetime] = {"number": found.number, "text": comment.text}
            line = Line(phrase="ticket_comment", fields=said) if spoken else None
            act = _act(found, "comment", comment=str(comment.id), public=comment.public)
            text = say(line, found.says.language)
            seq = await self._telling.record(connection, actor, found, act, text)
        self._telling.told(found, seq)

    async def duplicate(self, actor: Actor, ticket: TicketId, of: TicketId) -> Ticket:
        """Note that it is about the same as an older one.

        Raises:
            TicketNotFound: one of them is unknown, or of another tenant.
            MoveRefused: they would be each other's duplicates.
        """
        async with self._locked(actor, ticket) as (connection, found):
            other = found_in(await connection.fetchrow(_SQL.get, of))
            if other.number >= found.number or other.duplicate_of is not None:
                raise MoveRefused("A duplicate belongs to an older ticket that is none itself.")
            await connection.execute(_SQL.duplicate, ticket, of, self._clock.now())
            act = _act(found, "link", duplicate_of=str(of))
            await self._telling.record(connection, actor, found, act, "")
            after = ticket_of(await connection.fetchrow(_SQL.get, ticket))
        self._telling.told(after, None)
        return after

    async def send(self, actor: Actor, ticket: TicketId, connector: str) -> bool:
        """Have one more tracker told of it; false when it is told already, or there is none.

        Raises:
            TicketNotFound: unknown, or of another tenant.
        """
        async with self._locked(actor, ticket) as (connection, found):
            now = self._clock.now()
            if await connection.fetchval(_SQL.send, ticket, connector, now) is None:
                return False
            act = _act(found, "link", connector=connector)
            await self._telling.record(connection, actor, found, act, "")
        self._telling.told(found, None)
        return True

    async def _insert(
        self, connection: Connection, actor: Actor, new: NewTicket, number: int
    ) -> Ticket:
        place, says = await self._place(connection, new.conversation), new.says
        ticket = TicketId(self._clock.new_id())
        values = (
            (ticket, actor.tenant, number, new.conversation, new.turns),
            (place["channel"], place["customer"]) if place else ("api", new.customer),
            (new.origin, says.title, says.summary, says.category, says.priority.value),
            (says.order_numbers, says.products, says.emails),
            (says.language or (place["language"] if place else ""), says.emotion),
            (says.steps_tried, new.team, new.assignee, actor.name, self._clock.now(), new.contact),
        )
        await connection.execute(_SQL.open, *(each for group in values for each in group))
        return ticket_of(await connection.fetchrow(_SQL.get, ticket))

    async def _place(
        self, connection: Connection, conversation: ConversationId | None
    ) -> Any | None:
        if conversation is None:
            return None
        place = await connection.fetchrow(_SQL.place, conversation)
        if place is None:
            raise ConversationNotFound
        return place

    @asynccontextmanager
    async def _locked(
        self, actor: Actor, ticket: TicketId
    ) -> AsyncIterator[tuple[Connection, Ticket]]:
        async with self._database.as_tenant(actor.tenant) as connection, connection.transaction():
            where = await connection.fetchval(_SQL.where_of, ticket)
            await self._place(connection, where)
            yield connection, found_in(await connection.fetchrow(_SQL.get, ticket))


def _act(ticket: Ticket, did: str, **detail: str | int | bool | None) -> Act:
    return Act(act=f"ticket.{did}", object=f"ticket:{ticket.id}", detail=detail)


def _opened(ticket: Ticket) -> Act:
    return _act(ticket, "open", number=ticket.number, category=ticket.says.category)
