"""What is done with what a platform told: the way of a message in, for channels that are pushed.

Everything is stored before the platform is answered, and every step done twice is done once: a
platform that got no answer tells again, in whatever order.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import structlog

from channels.accounts import Account
from channels.contract import MAX_TEXT, printable
from channels.fetching import Wanted, WantedFiles
from channels.happenings import (
    BotWanted,
    Closed,
    Deleted,
    Edited,
    Greeted,
    Happening,
    Moved,
    PersonWanted,
    Rated,
    Reopened,
    Said,
    TalkRated,
)
from channels.metrics import GatewayMetrics
from channels.phrases import person_wanted
from channels.places import Places
from channels.ports import Feedback, People
from core.domain.conversation import Conversation
from core.domain.errors import ConversationNotFound, RefusedError, TalkNotFound, TurnNotFound
from core.domain.events import Stored
from core.domain.files import words_for
from core.domain.ids import ConversationId, EventId, TenantId
from core.domain.messages import Amendment, Channel, InboundMessage
from core.ports import Clock, Inbox, Live, Transcript

_REMEMBERED = 10_000
"""Conversations of which it is known where they are: most messages continue one."""
_log = structlog.get_logger(__name__)


class Receive(Protocol):
    """Takes what a channel parsed."""

    async def __call__(
        self, account: Account, happenings: Sequence[Happening], traceparent: str = ""
    ) -> None:
        """Store it all, in order; only then may the platform be told that it was taken.

        What can never be taken is counted and left out.

        Raises:
            RetryableError: not all of it is stored; the platform must tell again.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverParts:
    """Ports of a receiver."""

    inbox: Inbox
    transcript: Transcript
    places: Places
    wanted: WantedFiles
    feedback: Feedback
    people: People
    live: Live
    clock: Clock
    metrics: GatewayMetrics


_Where = tuple[TenantId, Channel, str]


class Receiver(Receive):
    """Puts customers' words into the inbox, and what else happened where it belongs."""

    def __init__(self, parts: ReceiverParts) -> None:
        self._parts = parts
        self._known: OrderedDict[_Where, Conversation] = OrderedDict()

    async def __call__(
        self, account: Account, happenings: Sequence[Happening], traceparent: str = ""
    ) -> None:
        for happening in happenings:
            try:
                await self._take(account, happening, traceparent)
            except RefusedError as refused:
                kind = type(happening).__name__.lower()
                self._parts.metrics.left_out.labels(account.channel.value, kind).inc()
                _log.info(
                    "left out",
                    channel=account.channel.value,
                    happening=kind,
                    why=type(refused).__name__,
                )

    async def _take(self, account: Account, happening: Happening, traceparent: str) -> None:
        match happening:
            case Said():
                await self._said(account, happening, traceparent)
            case PersonWanted():
                await self._person(account, happening, traceparent)
            case Edited() | Deleted():
                await self._amended(account, happening)
            case Rated():
                await self._rated(account, happening)
            case TalkRated() | BotWanted():
                await self._about_person(account, happening)
            case Greeted():
                await self._conversation(account, happening)
            case _:
                await self._reach(account, happening)

    async def _reach(self, account: Account, happening: Closed | Reopened | Moved) -> None:
        places, tenant, channel = self._parts.places, account.tenant, account.channel
        match happening:
            case Moved(before=before, after=after):
                self._known.clear()
                await places.move(tenant, channel, before, after)
            case Closed(address=address):
                await places.reach(tenant, channel, address, reachable=False)
            case Reopened(address=address):
                await places.reach(tenant, channel, address, reachable=True)

    async def _said(self, account: Account, said: Said, traceparent: str) -> None:
        """Accept the words; more than a message holds becomes several, which one turn answers.

        Its files are noted behind them, to be fetched when the platform has its answer.
        """
        for event, text in _messages(said):
            await self._accept(account, said, event, text, traceparent)
        if said.files:
            await self._parts.wanted.want(
                Wanted(
                    tenant=account.tenant,
                    conversation=(await self._conversation(account, said)).id,
                    event=said.event,
                    channel=account.channel,
                    account=account.name,
                    files=said.files,
                )
            )

    async def _person(self, account: Account, wanted: PersonWanted, traceparent: str) -> None:
        found = await self._parts.places.at(account.tenant, account.channel, wanted.address)
        spoken = found.language if found else ""
        said = Said(
            address=wanted.address,
            customer=wanted.customer,
            event=wanted.event,
            text=person_wanted(spoken, wanted.language),
            at=wanted.at,
            route=found.route if found else {},
            language=wanted.language,
            profile=wanted.profile,
        )
        await self._said(account, said, traceparent)

    async def _accept(
        self, account: Account, said: Said, event: EventId, text: str, traceparent: str
    ) -> None:
        parts, channel = self._parts, account.channel
        place = await self._conversation(account, said)
        message = InboundMessage(
            tenant=account.tenant,
            channel=channel,
            conversation=place.id,
            event=event,
            text=text,
            sent_at=said.at,
            traceparent=traceparent,
            # in a group others may say something in somebody's conversation
            profile=said.profile if said.customer == place.customer else None,
        )
        try:
            accepted = await parts.inbox.accept(message)
        except ConversationNotFound:  # it was erased since it was looked up: another one begins
            self._known.pop((account.tenant, channel, said.address), None)
            place = await self._conversation(account, said)
            message = replace(message, conversation=place.id)
            accepted = await parts.inbox.accept(message)
        if accepted.fresh:
            parts.metrics.accepted.labels(channel.value).inc()
            parts.live.tell(Stored(conversation=message.conversation, seq=accepted.seq))
        else:
            parts.metrics.repeated.labels(channel.value).inc()

    async def _conversation(self, account: Account, said: Said | Greeted) -> Conversation:
        """The one at the address, with the latest way back noted.

        That is noted each time: who writes can be reached, whatever another process has found out
        since. Most notes say what stands there, and write nothing.
        """
        where = account.tenant, account.channel, said.address
        conversation = self._known.get(where)
        if conversation is None:
            conversation = self._known[where] = await self._parts.inbox.open(
                account.tenant, account.channel, said.customer, said.address, said.language
            )
        self._known.move_to_end(where)
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        await self._parts.places.note(account.tenant, conversation.id, said.route, said.language)
        return conversation

    async def _amended(self, account: Account, amended: Edited | Deleted) -> None:
        conversation = await self._existing(account, amended.address)
        text = printable(amended.text).strip() if isinstance(amended, Edited) else None
        changed = await self._parts.inbox.amend(
            Amendment(
                tenant=account.tenant,
                conversation=conversation,
                event=amended.event,
                text=text[:MAX_TEXT] if text is not None else None,
                at=amended.at,
            )
        )
        kind = type(amended).__name__.lower()
        if changed:
            self._parts.metrics.amended.labels(account.channel.value, kind).inc()
            self._parts.live.tell(Stored(conversation=conversation, seq=0))

    async def _rated(self, account: Account, rated: Rated) -> None:
        conversation = await self._existing(account, rated.address)
        turn = await self._parts.transcript.turn(account.tenant, rated.rating.turn)
        if turn.conversation != conversation:
            raise TurnNotFound
        await self._parts.feedback.rate(account.tenant, rated.rating)
        self._parts.metrics.ratings.labels(rated.rating.thumb.value).inc()

    async def _about_person(self, account: Account, done: TalkRated | BotWanted) -> None:
        """What is below messages of a talk is for the customer whose talk it is."""
        tenant = account.tenant
        conversation = await self._existing(account, done.address)
        found = await self._parts.transcript.conversation(tenant, conversation)
        if found.customer != done.customer:
            raise TalkNotFound
        if isinstance(done, BotWanted):
            await self._parts.people.bot_instead(tenant, conversation, done.handoff)
            return
        await self._parts.feedback.rate_talk(tenant, conversation, done.rating)
        self._parts.metrics.talk_ratings.labels(done.rating.thumb.value).inc()

    async def _existing(self, account: Account, address: str) -> ConversationId:
        found = await self._parts.places.at(account.tenant, account.channel, address)
        if found is None:
            raise ConversationNotFound
        return found.conversation


def _messages(said: Said) -> Iterator[tuple[EventId, str]]:
    """The words in pieces that a message may have; a file is named in a line of its own."""
    named = words_for(file.name for file in said.files)
    text = "\n".join(filter(None, (printable(said.text).strip(), printable(named))))
    for number, start in enumerate(range(0, len(text), MAX_TEXT)):
        event = EventId(f"{said.event}#{number}") if number else said.event
        piece = text[start : start + MAX_TEXT].strip()
        if piece:
            yield event, piece
