"""Opens the tickets that turns want: a job of the turn's own transaction, done once in effect."""

from uuid import UUID

from core.domain.ids import ConversationId, TurnId
from core.domain.tickets import OTHER
from handoff.people.account import Actor
from handoff.postgres.jobs import Job
from handoff.tickets.opening import Opening, Wish

WANTED = "wanted-ticket"
"""The kind of job; its key is the turn, its payload `conversation` and `category`."""


class WantedTickets:
    """Handles jobs of the kind WANTED."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening

    async def __call__(self, job: Job) -> None:
        """Open the ticket; the customer is told its number."""
        turn = TurnId(UUID(job.key))
        wish = Wish(
            conversation=ConversationId(UUID(job.payload["conversation"])),
            origin=f"turn:{turn}",
            category=job.payload.get("category", OTHER),
            turns=(turn,),
        )
        await self._opening.from_talk(Actor(tenant=job.tenant, name="bot", may=frozenset()), wish)
