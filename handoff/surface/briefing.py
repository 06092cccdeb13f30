"""What is known of a conversation, for its card and for its ticket."""

from core.ports import Clock
from handoff.console.views import Card
from handoff.life import Handoff
from handoff.people.account import Actor
from handoff.postgres.briefs import PostgresBriefs
from handoff.postgres.inbox import PostgresInbox
from handoff.surface.thread import Thread
from handoff.tickets.opening import Opening, Wish


class Briefing:
    """Reads what agents read in the console, too."""

    def __init__(self, inbox: PostgresInbox, briefs: PostgresBriefs, clock: Clock) -> None:
        self._inbox = inbox
        self._briefs = briefs
        self._clock = clock

    async def __call__(self, thread: Thread) -> Card | None:
        """What a card says; None where nothing is known."""
        rows = await self._inbox.rows(thread.tenant, [thread.conversation])
        if not rows:
            return None
        return (await self._briefs.of(thread.tenant, rows[0], self._clock.now())).card


class TicketOpening:
    """Opens a ticket for a handoff, once."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening

    async def __call__(self, actor: Actor, handoff: Handoff) -> int:
        """Its number; the customer is told it."""
        wish = Wish(
            conversation=handoff.conversation,
            origin=f"handoff:{handoff.id}",
            team=handoff.wants.team,
            contact=handoff.contact or "",
        )
        return (await self._opening.from_talk(actor, wish)).number
