"""Asking the bot over HTTP: accept the question, then wait for the turn that covers it."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from channels.api.customers import Asker
from channels.metrics import GatewayMetrics
from channels.parts import GatewayParts
from channels.web.follow import Deltas
from core.domain.conversation import Conversation
from core.domain.errors import ConversationNotFound
from core.domain.events import Delta, Stored
from core.domain.ids import ConversationId, CustomerId, EventId, TenantId
from core.domain.messages import Accepted, Author, Channel, InboundMessage
from core.domain.turns import TurnView
from core.ports import Transcript

_LONGEST_LOOK_S = 1.0
_PAGE = 100


class KeyUsedBefore(Exception):
    """The idempotency key belongs to another question."""


class AnswerLate(Exception):
    """The question is stored, and its answer will be; it was not there in time."""

    def __init__(self, conversation: ConversationId) -> None:
        super().__init__()
        self.conversation = conversation


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked, and where."""

    tenant: TenantId
    text: str
    conversation: ConversationId | None
    """None begins one."""
    asker: Asker
    key: str | None
    """The caller's idempotency key."""
    traceparent: str = ""
    """As the caller named its trace."""
    languages: str = ""
    """What the caller prefers, as the Accept-Language header says."""


class Asking:
    """Asks questions and follows their turns."""

    def __init__(self, parts: GatewayParts, metrics: GatewayMetrics) -> None:
        self._parts = parts
        self._metrics = metrics

    async def place(self, question: Question) -> Conversation:
        """The conversation the question belongs to; the same key opens the same one.

        Raises:
            ConversationNotFound: unknown, not one of this channel, or of somebody else.
            TenantNotFound: no such tenant.
        """
        if question.conversation is not None:
            found = await self.existing(question.tenant, question.conversation)
            if not question.asker.may_go_on(found.customer):
                raise ConversationNotFound
            return found
        fresh, named = self._parts.clock.new_id(), question.asker.id
        address = str(fresh)
        if question.key is not None:
            address = f"key:{question.key}" if named is None else f"{named}/key:{question.key}"
        customer = named or CustomerId(f"visitor-{fresh}")
        return await self._parts.inbox.open(
            question.tenant, Channel.API, customer, address, question.languages
        )

    async def existing(self, tenant: TenantId, wanted: ConversationId) -> Conversation:
        """A conversation of this channel.

        Raises:
            ConversationNotFound: unknown, or of another channel, whose visitors hold tokens.
        """
        found = await self._parts.transcript.conversation(tenant, wanted)
        if found.channel is not Channel.API:
            raise ConversationNotFound
        return found

    async def answer(self, question: Question, place: Conversation) -> TurnView:
        """The turn that answers.

        Raises:
            KeyUsedBefore: the key belongs to another question.
            AnswerLate: not within the time that settings allow.
        """
        async with aclosing(self.follow(question, place)) as events:
            async for event in events:
                if isinstance(event, TurnView):
                    return event
        raise AnswerLate(place.id)

    async def follow(
        self, question: Question, place: Conversation
    ) -> AsyncGenerator[Delta | TurnView, None]:
        """Pieces of the answer while it is written, then the turn, once, last.

        Raises:
            KeyUsedBefore: the key belongs to another question.
            AnswerLate: not within the time that settings allow.
        """
        clock = self._parts.clock
        began = clock.monotonic()
        patience_s = self._parts.settings.answer_s
        look_s = min(_LONGEST_LOOK_S, self._parts.settings.poll_s)
        async with self._parts.live.listen(place.id) as listening:
            deltas = Deltas(withheld=await _answer_is_due(self._parts.transcript, place))
            accepted = await self._accept(question, place)
            seq = accepted.seq
            turn = None if accepted.fresh else await self._turn(place, seq)
            while turn is None:
                left_s = began + patience_s - clock.monotonic()
                if left_s <= 0:
                    raise AnswerLate(place.id)
                event = await listening.next(min(look_s, left_s))
                if isinstance(event, Delta) and deltas.passes(event):
                    yield event
                elif event is None or isinstance(event, Stored):
                    turn = await self._turn(place, seq)
            self._metrics.answer_s.observe(clock.monotonic() - began)
            yield turn

    async def _accept(self, question: Question, place: Conversation) -> Accepted:
        event = question.key or str(self._parts.clock.new_id())
        accepted = await self._parts.inbox.accept(
            InboundMessage(
                tenant=question.tenant,
                channel=Channel.API,
                conversation=place.id,
                event=EventId(event),
                text=question.text,
                sent_at=self._parts.clock.now(),
                traceparent=question.traceparent,
                profile=question.asker.profile,
            )
        )
        if accepted.fresh:
            self._metrics.accepted.labels(Channel.API.value).inc()
            return accepted
        self._metrics.repeated.labels(Channel.API.value).inc()
        before = await self._parts.transcript.since(question.tenant, place.id, accepted.seq - 1, 1)
        if not before or before[0].text != question.text:
            raise KeyUsedBefore
        return accepted

    async def _turn(self, place: Conversation, seq: int) -> TurnView | None:
        return await self._parts.transcript.turn_of(place.tenant, place.id, seq)


async def _answer_is_due(transcript: Transcript, found: Conversation) -> bool:
    """Whether a turn for somebody else may be in progress: a customer's message waits for one."""
    if found.covered >= found.seq:
        return False
    rest = await transcript.since(found.tenant, found.id, found.covered, _PAGE)
    return any(message.author is Author.CUSTOMER for message in rest)
