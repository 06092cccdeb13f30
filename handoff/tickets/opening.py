"""Opens tickets out of talks: drafted from what was said, never twice for one origin."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.domain.ids import ConversationId, TenantId, TurnId
from core.domain.tickets import OTHER, TicketDraft
from core.models.ports import LanguageModel
from core.models.prompt import Prompt
from core.ports import Transcript
from core.tickets.draft import draft
from core.tickets.rules import Known
from handoff.people.account import Actor
from handoff.ports import TicketRequest, Tickets
from handoff.postgres.tickets import PostgresTickets
from handoff.tickets.duplicates import Likely, likely
from handoff.tickets.ticket import NewTicket, Ticket

_MOST = 500
"""Messages that a ticket is drafted from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A ticket that a policy, an agent or a customer wants for a talk."""

    conversation: ConversationId
    origin: str
    """What asks; again with the same origin it is the same ticket."""
    category: str = OTHER
    turns: tuple[TurnId, ...] = ()
    team: str = ""
    contact: str = ""
    """Where the customer wants the answer; an e-mail address comes before those of the talk."""
    told: bool = False
    """Whether the customer is told in another way."""


class Opening(Tickets):
    """Drafts and opens."""

    def __init__(
        self,
        *,
        tickets: PostgresTickets,
        transcript: Transcript,
        model: LanguageModel | None,
        prompt: Prompt,
        products: tuple[str, ...] = (),
    ) -> None:
        """Join its parts.

        Args:
            tickets: where they are kept.
            transcript: what was said.
            model: who drafts; None leaves it to rules.
            prompt: `ticket`, for the model.
            products: the company's own, to be found by their names.
        """
        self._tickets = tickets
        self._transcript = transcript
        self._model = model
        self._prompt = prompt
        self._products = products

    async def open(self, request: TicketRequest) -> None:
        wish = Wish(
            conversation=request.conversation,
            origin=f"handoff:{request.handoff}",
            team=request.team,
            contact=request.contact or "",
            told=True,  # that their request is written down, when nobody took it
        )
        actor = Actor(tenant=request.tenant, name="desk", may=frozenset())
        await self.from_talk(actor, wish)

    async def from_talk(self, actor: Actor, wish: Wish) -> Ticket:
        """Open a ticket that says what the talk says.

        Raises:
            ConversationNotFound: unknown, or of another tenant.
        """
        says = await self.draft(actor.tenant, wish.conversation, wish.category)
        if wish.contact:
            mail = [wish.contact] if "@" in wish.contact else []
            says = replace(says, emails=tuple(dict.fromkeys([*mail, *says.emails])))
        return await self._tickets.open(
            actor,
            NewTicket(
                origin=wish.origin,
                says=says,
                conversation=wish.conversation,
                turns=wish.turns,
                team=wish.team,
                contact=wish.contact,
                told=wish.told,
            ),
        )

    async def draft(
        self, tenant: TenantId, conversation: ConversationId, category: str = OTHER
    ) -> TicketDraft:
        """What a ticket would say; raises what `from_talk` does."""
        talk = await self._transcript.conversation(tenant, conversation)
        first = max(talk.seq - _MOST, 0)
        messages = await self._transcript.since(tenant, conversation, first, _MOST)
        known = Known(
            frustration=await self._tickets.frustration_of(tenant, conversation),
            category=category,
            products=self._products,
        )
        says = await draft(self._model, self._prompt, talk, messages, known)
        email = await self._tickets.email_of(tenant, talk.channel.value, talk.customer)
        return replace(says, emails=tuple(dict.fromkeys(filter(None, [email, *says.emails]))))

    async def duplicates(
        self, tenant: TenantId, conversation: ConversationId, says: TicketDraft
    ) -> Sequence[Likely]:
        """The customer's open tickets that are likely about the same: offer to link them."""
        talk = await self._transcript.conversation(tenant, conversation)
        others = await self._tickets.open_of(tenant, talk.channel.value, talk.customer)
        return likely(says, others)
