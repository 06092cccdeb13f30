"""One widget socket after its hello: what the visitor says goes in, the transcript comes out.

One task reads frames, one writes. The writer follows the transcript by a cursor, never a queue, so
memory is bounded whatever the peer does; the reader takes no further frame until its own answer
is out.
"""

import asyncio
from uuid import UUID

import msgspec
from aiohttp import WSCloseCode, WSMsgType

from channels.contract import MAX_TEXT, checked_text, printable
from channels.limits import Bucket
from channels.limits import Rate as Allowance
from channels.metrics import GatewayMetrics
from channels.parts import GatewayParts
from channels.phrases import person_wanted
from channels.ratings import Rating, TalkRating, Thumb
from channels.web.follow import Follower
from channels.web.peer import Peer, PeerFlooded, PeerGone, PeerLeft
from channels.web.protocol import (
    AcceptedFrame,
    Back,
    ClientFrame,
    ClientTyping,
    ErrorCode,
    ErrorFrame,
    Hello,
    Person,
    Rate,
    Rated,
    RateTalk,
    Say,
    TalkRated,
    decode_client,
)
from channels.web.visits import Visit
from core.domain.errors import (
    MessageRefused,
    PersonHere,
    RetryableError,
    TalkNotFound,
    TurnNotFound,
)
from core.domain.events import Stored, Typing
from core.domain.ids import EventId, HandoffId, TurnId
from core.domain.messages import Author, Channel, InboundMessage, Message

_SENTENCES: dict[ErrorCode, str] = {
    "bad_frame": "This frame could not be understood.",
    "not_found": "There is no such answer in this conversation.",
    "slow_down": "That was too fast. Please wait a moment and send it again.",
    "too_long": f"A message has at most {MAX_TEXT} characters.",
    "empty": "The message is empty.",
    "person_here": "A person is here already; they can give you back to the bot.",
    "unavailable": "This could not be stored just now. Please send it again.",
}
_TYPING_S = 2.0
_FRAMES_PER_SAY = 10
"""Typing, ratings and mistakes are cheap, not free: so many of them to each message allowed."""


class Connection:
    """A visitor and their conversation, as long as the socket holds."""

    __slots__ = (
        "_allowance", "_frames", "_metrics", "_parts", "_peer", "_traceparent", "_typing_until",
        "_visit",
    )  # fmt: skip

    def __init__(
        self,
        peer: Peer,
        visit: Visit,
        parts: GatewayParts,
        metrics: GatewayMetrics,
        traceparent: str = "",
    ) -> None:
        """Join its parts; every message is a span of the trace, or begins one without it."""
        self._traceparent = traceparent
        self._visit = visit
        self._parts = parts
        self._metrics = metrics
        self._peer = peer
        settings = parts.settings
        rate = Allowance(per_second=settings.says_per_second, burst=settings.says_burst)
        frames = Allowance(
            per_second=settings.says_per_second * _FRAMES_PER_SAY,
            burst=settings.says_burst * _FRAMES_PER_SAY,
        )
        self._allowance = Bucket(rate, parts.clock.monotonic())
        self._frames = Bucket(frames, parts.clock.monotonic())
        self._typing_until = float("-inf")

    async def run(self) -> None:
        """Serve until the socket ends.

        Raises:
            PeerLeft: it broke, has stopped reading, or sends too much.
        """
        follower = Follower(self._peer, self._visit, self._parts)
        ended: PeerLeft | None = None
        try:
            async with asyncio.TaskGroup() as tasks:
                writer = tasks.create_task(follower.follow())
                await self._read()
                writer.cancel()
        except* PeerLeft as left:
            first = left.exceptions[0]
            ended = first if isinstance(first, PeerLeft) else PeerGone()
        if ended is not None:  # raised inside `except*`, Python 3.11.2 would wrap it in a group
            raise ended

    async def _read(self) -> None:
        async for frame in self._peer.socket:
            if self._frames.take(self._parts.clock.monotonic()) > 0:
                raise PeerFlooded
            if frame.type is not WSMsgType.TEXT:
                await self._refuse("bad_frame")
                continue
            try:
                said = decode_client(frame.data)
            except msgspec.MsgspecError:
                await self._refuse("bad_frame")
                continue
            await self._take(said)

    async def _take(self, frame: ClientFrame) -> None:
        match frame:
            case Say(client_id=client_id, text=text):
                await self._say(client_id, text)
            case Person():
                await self._person(frame)
            case ClientTyping():
                self._typing()
            case Rate():
                await self._rate(frame)
            case RateTalk():
                await self._rate_talk(frame)
            case Back():
                await self._back()
            case Hello():
                await self._refuse("bad_frame")

    async def _person(self, wanted: Person) -> None:
        """Ask in the language of the talk; in the page's as long as no turn has found one."""
        found = await self._parts.transcript.conversation(
            self._visit.tenant, self._visit.conversation.id
        )
        page = wanted.language or ""
        spoken = (found.language, page) if found.covered else (page, found.language)
        client_id = wanted.client_id or f"person-{self._parts.clock.new_id()}"
        await self._say(client_id, person_wanted(*spoken))

    async def _say(self, client_id: str, text: str) -> None:
        if self._allowance.take(self._parts.clock.monotonic()) > 0:
            await self._refuse("slow_down", client_id)
            return
        try:
            clean = checked_text(text)
        except MessageRefused:
            await self._refuse("too_long" if text.strip() else "empty", client_id)
            return
        message = InboundMessage(
            tenant=self._visit.tenant,
            channel=Channel.WEB,
            conversation=self._visit.conversation.id,
            event=EventId(client_id),
            text=clean,
            sent_at=self._parts.clock.now(),
            traceparent=self._traceparent,
            profile=self._visit.profile,
        )
        try:
            async with self._peer.order:
                accepted = await self._parts.inbox.accept(message)
                await self._peer.send(AcceptedFrame(client_id=client_id, seq=accepted.seq))
        except RetryableError:
            # What was said behind it must not be stored before it: the client comes back, and
            # says everything again that was not accepted, in its order.
            await self._refuse("unavailable", client_id)
            await self._peer.socket.close(code=WSCloseCode.TRY_AGAIN_LATER, message=b"unavailable")
            return
        if accepted.fresh:
            self._metrics.accepted.labels(Channel.WEB.value).inc()
            self._parts.live.tell(_news(message, accepted.seq))
        else:
            self._metrics.repeated.labels(Channel.WEB.value).inc()

    async def _rate(self, frame: Rate) -> None:
        if self._allowance.take(self._parts.clock.monotonic()) > 0:
            await self._refuse("slow_down", turn=frame.turn)
            return
        rating = Rating(
            turn=TurnId(frame.turn),
            thumb=Thumb(frame.thumb),
            reason=_clean(frame.reason),
            comment=_clean(frame.comment),
            traceparent=self._traceparent,
        )
        try:
            await self._own_turn(rating.turn)
            await self._parts.feedback.rate(self._visit.tenant, rating)
        except TurnNotFound:
            await self._refuse("not_found", turn=frame.turn)
            return
        self._metrics.ratings.labels(rating.thumb.value).inc()
        await self._peer.send(Rated(turn=frame.turn, thumb=frame.thumb))

    async def _rate_talk(self, frame: RateTalk) -> None:
        if self._allowance.take(self._parts.clock.monotonic()) > 0:
            await self._refuse("slow_down", handoff=frame.handoff)
            return
        rating = TalkRating(
            handoff=HandoffId(frame.handoff),
            thumb=Thumb(frame.thumb),
            reason=_clean(frame.reason),
            comment=_clean(frame.comment),
        )
        tenant, conversation = self._visit.tenant, self._visit.conversation.id
        try:
            await self._parts.feedback.rate_talk(tenant, conversation, rating)
        except TalkNotFound:
            await self._refuse("not_found", handoff=frame.handoff)
            return
        self._metrics.talk_ratings.labels(rating.thumb.value).inc()
        await self._peer.send(TalkRated(handoff=frame.handoff, thumb=frame.thumb))

    async def _back(self) -> None:
        """The bot instead of the person who is awaited; the follower tells how it came out."""
        if self._allowance.take(self._parts.clock.monotonic()) > 0:
            await self._refuse("slow_down")
            return
        tenant, conversation = self._visit.tenant, self._visit.conversation.id
        try:
            await self._parts.people.bot_instead(tenant, conversation)
        except PersonHere:
            await self._refuse("person_here")
        except RetryableError:
            await self._refuse("unavailable")

    async def _own_turn(self, turn: TurnId) -> None:
        found = await self._parts.transcript.turn(self._visit.tenant, turn)
        if found.conversation != self._visit.conversation.id:
            raise TurnNotFound

    def _typing(self) -> None:
        now = self._parts.clock.monotonic()
        if now < self._typing_until:
            return
        self._typing_until = now + _TYPING_S
        conversation = self._visit.conversation.id
        self._parts.live.tell(Typing(conversation=conversation, author=Author.CUSTOMER))

    async def _refuse(
        self,
        code: ErrorCode,
        client_id: str | None = None,
        turn: UUID | None = None,
        handoff: UUID | None = None,
    ) -> None:
        frame = ErrorFrame(
            code=code, text=_SENTENCES[code], client_id=client_id, turn=turn, handoff=handoff
        )
        await self._peer.send(frame)


def _news(message: InboundMessage, seq: int) -> Stored:
    """The stored message itself: who looks on in this process need not read it."""
    stored = Message(
        conversation=message.conversation,
        seq=seq,
        author=Author.CUSTOMER,
        text=message.text,
        at=message.sent_at,
    )
    return Stored(conversation=message.conversation, seq=seq, messages=(stored,))


def _clean(text: str | None) -> str | None:
    return None if text is None else printable(text).strip() or None
