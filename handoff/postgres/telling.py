"""What follows from a change of a ticket, in the transaction of the change."""

from collections.abc import Callable

from core.domain.events import Stored, TicketChanged
from core.domain.ids import ConversationId, TenantId
from core.partitioning import partition_of
from core.ports import Clock, Live
from core.postgres.database import Connection
from core.postgres.queries import beside
from core.telemetry.traces import traceparent
from core.wire.envelope import Stamp, encode_sent, encode_ticket
from handoff.life import Line
from handoff.people.account import Actor
from handoff.people.audit import Act
from handoff.postgres.audit import Notary
from handoff.postgres.practices import PostgresPractices
from handoff.tickets.ticket import Ticket

LINKS = "ticket_links"
"""Rung whenever trackers are to be told something."""
Say = Callable[[Line | None, str], str]
"""A line in a language; empty for none."""
_SQL = beside(__file__)


class Telling:
    """Tells the customer, the rest of the service, the trackers and the audit log."""

    def __init__(  # noqa: PLR0913 - its parts, each by name
        self,
        clock: Clock,
        ring: Callable[[str], None],
        *,
        live: Live,
        practices: PostgresPractices,
        notary: Notary,
        partitions: int = 12,
    ) -> None:
        """Join its parts.

        Args:
            clock: stamps what is done.
            ring: told of what has something new.
            live: told of new messages at once.
            practices: what each tenant's customers are told.
            notary: notes what was done.
            partitions: of each topic.
        """
        self._clock = clock
        self._ring = ring
        self._live = live
        self._practices = practices
        self._notary = notary
        self._partitions = partitions

    async def words(self, tenant: TenantId) -> Say:
        """How this tenant's customers are told; asked for before the transaction.

        Inside it, this would want a second connection while the first one is held.
        """
        practice = await self._practices.of(tenant)

        def say(line: Line | None, language: str) -> str:
            return practice.words.say(line, language, practice.zone) if line else ""

        return say

    async def record(
        self, connection: Connection, actor: Actor, ticket: Ticket, act: Act, text: str
    ) -> int | None:
        """Write all of it; the conversation's row is locked already.

        Args:
            connection: in the transaction of the change.
            actor: who did it.
            ticket: as it is by now.
            act: what was done.
            text: what the customer hears; empty for nothing.

        Returns:
            The `seq` of what the customer hears; None when they hear nothing.
        """
        seq, now, fresh = None, self._clock.now(), self._clock.new_id()
        stamp = Stamp(id=fresh, at=now, traceparent=traceparent("", fresh))
        place = ticket.conversation or ConversationId(ticket.id)
        lane = partition_of(str(place).encode(), self._partitions)
        if text and ticket.conversation is not None:
            sent = encode_sent(ticket.tenant, ticket.conversation, ticket.channel, stamp)
            seq = await connection.fetchval(_SQL.say, ticket.conversation, text, now, lane, sent)
        await connection.execute(_SQL.tell, lane, place, encode_ticket(_event(ticket, act), stamp))
        await connection.execute(_SQL.want, ticket.id, now)
        await self._notary.note(connection, actor, act)
        return seq

    def told(self, ticket: Ticket, seq: int | None) -> None:
        """Wake whoever waits, when the transaction has ended."""
        self._ring("outbox")
        self._ring(LINKS)
        if seq is not None and ticket.conversation is not None:
            self._live.tell(Stored(conversation=ticket.conversation, seq=seq))


_CHANGES = {"open": "opened", "move": "moved", "comment": "commented", "change": "changed",
            "link": "linked"}  # fmt: skip


def _event(ticket: Ticket, act: Act) -> TicketChanged:
    return TicketChanged(
        tenant=ticket.tenant,
        conversation=ticket.conversation,
        ticket=ticket.id,
        change=_CHANGES[act.act.removeprefix("ticket.")],
        state=ticket.state.value,
    )
