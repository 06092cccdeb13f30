"""Shows answers while they grow, on channels that are pushed: one talk per conversation in hand.

A dispatcher overhears all live signs and shows those of conversations whose records come to it,
so that the message and what was shown before it are in one hand.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import structlog

from channels.places import Place, Places
from channels.ports import Deliveries
from channels.showing import Shows
from core.domain.errors import RetryableError
from core.domain.events import Delta, LiveEvent, Stored, Typing
from core.domain.ids import ConversationId, TurnId
from core.domain.messages import Author
from core.ports import Clock, Live

_POLL_S = 1.0
_BUSY_S = 4.0
"""Between two signs of being at it: platforms show one for five seconds."""
_PATIENCE_S = 120.0
"""Without any sign from the turn it is taken to have ended."""
_GRACE_S = 5.0
"""From the end of a turn to its message at most; a turn that says nothing has none."""
_REST_S = 0.3
"""Between two looks at what is new: enough for a reader, and less for the platform."""
_ELSEWHERE = 50_000
_log = structlog.get_logger(__name__)


@dataclass(slots=True, eq=False)
class _Talk:
    """What one conversation shows at the moment."""

    place: Place
    until: float
    """When it ends if nothing more is heard."""
    turn: TurnId | None = None
    text: str = ""
    shown: int = 0
    """Characters of the text that the channel was given."""
    whole: bool = True
    """Whether every piece was heard, and the channel has not failed."""
    stored: bool = False
    """Whether something was stored since the bot was seen at work."""
    busy_at: float = float("-inf")
    delivering: int = 0
    hand: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held during every call to the channel."""
    task: asyncio.Task[None] | None = None

    def heard(self, delta: Delta) -> None:
        if delta.turn != self.turn:
            self.turn, self.text, self.shown, self.whole = delta.turn, "", 0, True
        self.whole = self.whole and delta.at == len(self.text)
        if self.whole:
            self.text += delta.text

    @property
    def growing(self) -> TurnId | None:
        """The turn of which there is more to show."""
        return self.turn if self.whole and len(self.text) > self.shown else None


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamingParts:
    """Ports of a streaming, and what it may show."""

    live: Live
    places: Places
    ledger: Deliveries
    clock: Clock
    channels: Mapping[str, Shows]
    has: Callable[[ConversationId], bool]
    """Whether the conversation's records come to this process."""


class Streaming:
    """Run it in a task; it ends after `stop`."""

    def __init__(self, parts: StreamingParts) -> None:
        self._parts = parts
        self._talks: dict[ConversationId, _Talk] = {}
        self._elsewhere: OrderedDict[ConversationId, None] = OrderedDict()
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Begin to end; what is shown is left for the message. Twice is a no-op."""
        self._stopping.set()

    async def run(self) -> None:
        """Show until `stop`."""
        try:
            async with self._parts.live.overhear() as signs:
                while not self._stopping.is_set():
                    event = await signs.next(_POLL_S)
                    if event is not None:
                        with suppress(RetryableError):  # a sign may be lost, the message may not
                            await self._hear(event)
        finally:
            tasks = [talk.task for talk in self._talks.values() if talk.task is not None]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    @asynccontextmanager
    async def still(self, conversation: ConversationId) -> AsyncIterator[None]:
        """Nothing is shown in the conversation while its message is delivered.

        Unless another turn has begun meanwhile, that was all.
        """
        talk = self._talks.get(conversation)
        if talk is None:
            yield
            return
        talk.delivering += 1
        try:
            async with talk.hand:
                yield
                if talk.stored or talk.shown:
                    talk.until = float("-inf")
        finally:
            talk.delivering -= 1

    async def _hear(self, event: LiveEvent) -> None:
        now = self._parts.clock.monotonic()
        match event:
            case Typing(author=Author.BOT | Author.AGENT) | Delta():
                talk = self._talks.get(event.conversation)
                if talk is None and not (isinstance(event, Delta) and event.at):
                    talk = await self._begun(event.conversation, now)
                if talk is None:  # not ours, or a piece that comes behind its message
                    return
                talk.until, talk.stored = now + _PATIENCE_S, False
                if isinstance(event, Delta):
                    talk.heard(event)
            case Stored():
                known = self._talks.get(event.conversation)
                if known is not None:
                    known.stored = True
                    known.until = min(known.until, now + _GRACE_S)
            case _:
                pass

    async def _begun(self, conversation: ConversationId, now: float) -> _Talk | None:
        """A talk, if the conversation is ours to show."""
        if conversation in self._elsewhere or not self._parts.has(conversation):
            return None
        place = await self._parts.places.found(conversation)
        if place is None or place.channel not in self._parts.channels:
            self._elsewhere[conversation] = None
            if len(self._elsewhere) > _ELSEWHERE:
                self._elsewhere.popitem(last=False)
            return None
        talk = self._talks[conversation] = _Talk(place, until=now + _PATIENCE_S)
        talk.task = asyncio.create_task(self._show(talk))
        return talk

    async def _show(self, talk: _Talk) -> None:
        """Until the turn is over; then nothing is left that would say that the bot is at it."""
        channel, clock = self._parts.channels[talk.place.channel], self._parts.clock
        conversation = talk.place.conversation
        try:
            while clock.monotonic() < talk.until and self._parts.has(conversation):
                if not talk.delivering:
                    async with talk.hand:
                        await self._step(channel, talk)
                await asyncio.sleep(_REST_S)
        finally:
            self._talks.pop(conversation, None)
        if self._parts.has(conversation):  # else who has it now goes on with what is shown
            with suppress(Exception):
                async with talk.hand:
                    await channel.idle(talk.place, talk.turn)

    async def _step(self, channel: Shows, talk: _Talk) -> None:
        now = self._parts.clock.monotonic()
        try:
            turn, text = talk.growing, talk.text
            if turn is not None and await self._is_next(talk):
                await channel.show(talk.place, turn, text)
                talk.shown = len(text)
            elif not talk.shown and now - talk.busy_at >= _BUSY_S:
                talk.busy_at = now
                await channel.busy(talk.place)
        except Exception as failed:  # noqa: BLE001 - the message itself comes by another way
            talk.whole = False
            _log.info(
                "not shown while it grows",
                channel=talk.place.channel,
                conversation=talk.place.conversation,
                error=type(failed).__name__,
            )

    async def _is_next(self, talk: _Talk) -> bool:
        """Whether all that was said before is there: an answer is not shown ahead of another."""
        if talk.shown:
            return True
        return await self._parts.ledger.all_out(talk.place.tenant, talk.place.conversation)
