"""Brings to a ticket where its customer wants the answer, when they say it afterwards."""

from uuid import UUID, uuid5

from core.domain.ids import HandoffId
from core.ports import Clock
from handoff.errors import HandoffNotFound, TicketNotYet
from handoff.people.account import Actor
from handoff.postgres.handoffs import PostgresHandoffs
from handoff.postgres.jobs import Job
from handoff.postgres.tickets import PostgresTickets
from handoff.tickets.ticket import Comment

_SAYS = "The customer wants the answer at {contact}."


class ContactBringer:
    """Handles jobs of the kind CONTACT: a field of the ticket, and an internal comment."""

    def __init__(self, handoffs: PostgresHandoffs, tickets: PostgresTickets, clock: Clock) -> None:
        self._handoffs = handoffs
        self._tickets = tickets
        self._clock = clock

    async def __call__(self, job: Job) -> None:
        """Bring it there; a ticket that was opened with it stays as it is.

        Raises:
            TicketNotYet: come again.
        """
        try:
            handoff = await self._handoffs.get(job.tenant, HandoffId(UUID(job.key)))
        except HandoffNotFound:  # erased with its conversation
            return
        if handoff.contact is None:
            return
        ticket = await self._tickets.of_origin(job.tenant, f"handoff:{handoff.id}")
        if ticket is None:
            raise TicketNotYet
        note = Comment(
            id=uuid5(ticket.id, f"contact:{handoff.contact}"),
            author="customer",
            text=_SAYS.format(contact=handoff.contact),
            public=False,
            at=self._clock.now(),
        )
        actor = Actor(tenant=job.tenant, name="customer", may=frozenset())
        await self._tickets.reach(actor, ticket.id, handoff.contact, note)
