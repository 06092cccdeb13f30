"""Shows an answer while it grows: as a preview in private chats, else as a message that changes.

A preview needs no end: the final message takes its place, and without one it is gone by itself
after 30 seconds. A message that changes is noted before it is begun, so that whoever brings the
final words, after a restart too, puts them there instead of beside it.
"""

from contextlib import suppress
from dataclasses import dataclass

import structlog
from telegram.error import BadRequest, InvalidToken, TelegramError

from channels.markdown.clusters import shortened
from channels.markdown.parse import read
from channels.markdown.telegram import MAX_TEXT, telegram_tree, to_telegram, visible
from channels.outgoing import Outgoings
from channels.pacing import Pacer, Priority
from channels.places import Place, Places
from channels.showing import Streams
from channels.telegram.chat import Chat, Content
from channels.telegram.wire import Bots, SlowDown, Unanswered
from core.domain.errors import DeliveryRefused
from core.domain.ids import ConversationId, TurnId
from core.domain.messages import Author
from core.ports import Clock

_PRIVATE_S, _GROUP_S = 1.1, 3.1
"""Between two changes of a message."""
_DRAFT_S = 20.0
"""After so long a preview is shown again, before its 30 seconds are over."""
_SHOWN = MAX_TEXT // 2
"""Characters of a growing answer: few enough in any script, whatever takes two units."""
_REMEMBERED = 10_000
"""Answers that grow at the same time."""
_log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class _Growth:
    """What a conversation shows of the answer that is being written."""

    turn: TurnId
    native: str | None = None
    text: str = ""
    at: float = float("-inf")
    is_draft: bool = False
    stopped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the channel is made of."""

    outgoings: Outgoings
    places: Places
    streams: Streams
    bots: Bots
    pacer: Pacer
    clock: Clock


class Growing:
    """The answers that are being written."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._of: dict[ConversationId, _Growth] = {}
        self._without_drafts: set[str] = set()

    async def busy(self, place: Place) -> None:
        """As `Shows.busy`."""
        chat = await self._chat(place)
        if chat is None:
            return
        growth = self._of.get(place.conversation)
        try:
            if growth is None or not growth.is_draft:
                await chat.typing()
            elif self._parts.clock.monotonic() - growth.at > _DRAFT_S:
                await self._draft(chat, growth, growth.text)
        except TelegramError as failed:
            await self._failed(chat, growth, failed)

    async def show(self, place: Place, turn: TurnId, text: str) -> None:
        """As `Shows.show`."""
        growth = self._of.get(place.conversation)
        if growth is None or growth.turn != turn:
            growth = self._begun(place.conversation, turn)
        if growth.stopped:
            return
        chat = await self._chat(place)
        if chat is None:
            growth.stopped = True
            return
        try:
            await self._show(chat, place, growth, text)
        except TelegramError as failed:
            await self._failed(chat, growth, failed)

    async def idle(self, place: Place, turn: TurnId | None) -> None:
        """As `Shows.idle`; what an earlier turn left behind, which a crash ended, goes with it."""
        self._of.pop(place.conversation, None)
        stream = await self._parts.streams.of(place.tenant, place.conversation)
        if stream is None:
            return
        chat = await self._chat(place)
        if chat is not None:
            for native in stream.native_ids:
                with suppress(TelegramError):
                    await chat.delete(native)
        await self._parts.streams.end(place.tenant, place.conversation)

    def forget(self, conversation: ConversationId) -> None:
        """Its answer is delivered: nothing that was shown of it is to be shown again."""
        self._of.pop(conversation, None)

    def _begun(self, conversation: ConversationId, turn: TurnId) -> _Growth:
        growth = self._of[conversation] = _Growth(turn=turn)
        if len(self._of) > _REMEMBERED:  # those that another process took over
            self._of.pop(next(iter(self._of)))
        return growth

    async def _chat(self, place: Place) -> Chat | None:
        """None where nothing can be shown."""
        if not place.reachable:
            return None
        parts = self._parts
        try:
            account = await parts.outgoings.account(place)
        except DeliveryRefused:
            return None
        return Chat(parts.bots.of(account), parts.pacer, parts.places, place)

    async def _show(self, chat: Chat, place: Place, growth: _Growth, text: str) -> None:
        drafts = chat.where.is_private and not chat.where.connection
        if drafts and chat.where.account not in self._without_drafts:
            await self._draft(chat, growth, shown(text))
            return
        pause_s = _PRIVATE_S if chat.where.is_private else _GROUP_S
        now = self._parts.clock.monotonic()
        if now - growth.at >= pause_s and await self._grow(chat, place, growth, shown(text)):
            growth.at = now

    async def _draft(self, chat: Chat, growth: _Growth, text: str) -> None:
        now = self._parts.clock.monotonic()
        if not text or (text == growth.text and now - growth.at <= _DRAFT_S):
            return
        priority = Priority.DELTA if growth.text else Priority.FIRST_WORDS
        try:
            done = await chat.draft(draft_id(growth.turn), text, priority)
        except (BadRequest, InvalidToken):  # an older server, or a chat that takes none
            self._without_drafts.add(chat.where.account)
            return
        if done:
            growth.text, growth.at, growth.is_draft = text, now, True

    async def _grow(self, chat: Chat, place: Place, growth: _Growth, text: str) -> bool:
        if not text or text == growth.text:
            return False
        if growth.native is None:
            stream = await self._parts.streams.of(place.tenant, place.conversation)
            growth.native = stream.native_ids[-1] if stream and stream.native_ids else None
        if growth.native is None:
            done = await self._begin(chat, place, growth, text)
        else:
            done = await chat.change(growth.native, Content(text=text))
        if done:
            growth.text = text
        return done

    async def _begin(self, chat: Chat, place: Place, growth: _Growth, text: str) -> bool:
        streams = self._parts.streams
        await streams.begin(place.tenant, place.conversation, growth.turn)
        content = Content(text=text, reply_to=replied(place))
        try:
            native = await chat.begin(content, Priority.FIRST_WORDS)
        except Unanswered:
            raise
        except TelegramError:
            await streams.end(place.tenant, place.conversation)
            raise
        if native is None:
            await streams.end(place.tenant, place.conversation)
            return False
        growth.native = native
        await streams.note(place.tenant, place.conversation, (native,))
        return True

    async def _failed(self, chat: Chat, growth: _Growth | None, failed: TelegramError) -> None:
        """Stop at everything but a wish to wait: the stored message will say it all."""
        await chat.gone(failed)
        if growth is not None and not isinstance(failed, SlowDown):
            growth.stopped = True
        _log.info("answer not shown", account=chat.where.account, error=failed)


def shown(text: str) -> str:
    """What is shown of an answer that grows: words without marks, which call nobody."""
    tree = telegram_tree(read(Author.BOT, text))
    return shortened(visible(to_telegram(tree)), _SHOWN).strip()


def draft_id(turn: TurnId) -> int:
    """The same for a turn at any time, and never zero."""
    return turn.int % (2**31 - 1) + 1


def replied(place: Place) -> int | None:
    """The customer's message to answer, in chats with others."""
    number = place.route.get("reply_to", "")
    return int(number) if number.isdecimal() else None
