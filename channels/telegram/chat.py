"""One chat of Telegram, as a bot writes in it: each call within its allowance."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from telegram import Bot, InlineKeyboardMarkup, InputFile, LinkPreviewOptions, ReplyParameters
from telegram.constants import ChatAction, ParseMode
from telegram.error import ChatMigrated, Forbidden, TelegramError

from channels.outgoing import CustomerGone
from channels.pacing import Limit, Pacer, Priority
from channels.places import Place, Places
from channels.telegram.address import Where, message_of, native_id, where
from channels.telegram.allowance import allowances, drafts, typing, whole
from channels.telegram.failures import Refusal, outcome, refusal
from channels.telegram.wire import SlowDown
from core.domain.errors import DeliveryDelayed, DeliveryUnknown

_LONGEST_WAIT_S = 5.0
"""For an allowance; who must wait longer comes back later, and others are served meanwhile."""
_AGAIN_S = 1.0
_FILE_S = 9.0
"""To bring the bytes of a file there."""
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What one message shows."""

    text: str
    html: str = ""
    """The same with marks; empty for text that has none."""
    buttons: InlineKeyboardMarkup | None = None
    reply_to: int | None = None
    """The customer's message that it answers."""


class Chat:
    """A thread of a chat; when the chat moves it goes along."""

    def __init__(self, bot: Bot, pacer: Pacer, places: Places, place: Place) -> None:
        """Raises ValueError for a place whose address is none of ours."""
        self._bot = bot
        self._pacer = pacer
        self._places = places
        self._place = place
        self.where: Where = where(place)

    async def post(self, content: Content) -> str:
        """Send it, however long that must wait for its turn; its native id.

        Raises:
            DeliveryDelayed, DeliveryRefused, DeliveryUnknown: as `Delivers.deliver` does.
        """
        async with self._told():
            return await self._moving(lambda: self._whole(content, self._send))

    async def post_file(self, name: str, data: bytes) -> str:
        """Send a file, however long that must wait for its turn; its native id.

        Raises:
            DeliveryDelayed, DeliveryRefused, DeliveryUnknown: as `Delivers.deliver` does.
        """
        async with self._told():
            return await self._moving(lambda: self._final(lambda: self._send_file(name, data)))

    async def edit(self, native: str, content: Content) -> bool:
        """Let a message of ours read so; False when it is not there any more.

        Raises:
            DeliveryDelayed, DeliveryRefused: as `Delivers.deliver` does. Nothing is unknown
                here: the same edit can be made again.
        """
        chat, number = message_of(native)
        if chat != self.where.chat:
            return False
        try:
            async with self._told():
                await self._whole(content, lambda marked: self._edit(number, marked))
        except _NotThere:
            return False
        except DeliveryUnknown:
            raise DeliveryDelayed(_AGAIN_S) from None
        return True

    async def withdraw(self, native: str, words: str) -> None:
        """Take a message of ours away; where that is not possible any more, let it say so.

        Raises:
            DeliveryDelayed, DeliveryRefused: as `Delivers.deliver` does.
        """
        try:
            await self.delete(native)
        except TelegramError as failure:
            if refusal(failure) is None:
                raise DeliveryDelayed(getattr(failure, "wait_s", _AGAIN_S)) from None
            await self.edit(native, Content(text=words))

    async def begin(self, content: Content, priority: Priority) -> str | None:
        """Send it if that is possible now; its native id, or None.

        Raises:
            TelegramError: it could not be sent, or nobody knows.
        """
        if not self._pacer.free(self._limits, priority):
            return None
        return await self._pausing(self._limits[0], lambda: self._send(content))

    async def change(self, native: str, content: Content) -> bool:
        """Let a message read so if that is possible now.

        Raises:
            TelegramError: it could not be changed, or nobody knows.
        """
        chat, number = message_of(native)
        if chat != self.where.chat or not self._pacer.free(self._limits, Priority.DELTA):
            return False
        await self._pausing(self._limits[0], lambda: self._edit(number, content))
        return True

    async def draft(self, number: int, text: str, priority: Priority) -> bool:
        """Let a preview read so if that is possible now; it is gone after 30 seconds.

        Raises:
            TelegramError: it could not be shown, or nobody knows.
        """
        mine = drafts(self.where.account, self.where.chat)
        if not self._pacer.free((mine, whole(self.where.account)), priority):
            return False
        await self._pausing(
            mine,
            lambda: self._bot.send_message_draft(
                self.where.chat, number, text, message_thread_id=self.where.thread or None
            ),
        )
        return True

    async def typing(self) -> None:
        """Show for five seconds, or until something is sent, that somebody writes.

        Raises:
            TelegramError: it could not be shown.
        """
        mine = typing(self.where.account, self.where.chat)
        if self._pacer.free((mine, whole(self.where.account)), Priority.FIRST_WORDS):
            await self._pausing(
                mine,
                lambda: self._bot.send_chat_action(
                    self.where.chat,
                    ChatAction.TYPING,
                    message_thread_id=self.where.thread or None,
                    business_connection_id=self.where.connection or None,
                ),
            )

    async def delete(self, native: str) -> None:
        """Take a message of ours away.

        Raises:
            TelegramError: it stays.
        """
        chat, number = message_of(native)
        await self._pacer.turn((whole(self.where.account),), Priority.FIRST_WORDS)
        if self.where.connection:
            await self._bot.delete_business_messages(self.where.connection, [number])
        else:
            await self._bot.delete_message(chat, number)

    async def gone(self, failure: TelegramError) -> None:
        """Note it if a failure says that nothing can be brought here any more."""
        if refusal(failure) is Refusal.GONE:
            place = self._place
            all_of_it = self.where.beginning
            address = all_of_it if isinstance(failure, Forbidden) else self.where.address
            await self._places.reach(place.tenant, place.channel, address, reachable=False)

    @property
    def _limits(self) -> tuple[Limit, Limit]:
        return allowances(self.where.account, self.where.chat)

    async def _whole(self, content: Content, make: Callable[[Content], Awaitable[_T]]) -> _T:
        """Make it with its marks, or without them where Telegram cannot read them."""
        try:
            return await self._final(lambda: make(content))
        except TelegramError as failure:
            if not content.html or refusal(failure) is not Refusal.FORM:
                raise
        plain = Content(text=content.text, buttons=content.buttons, reply_to=content.reply_to)
        return await self._final(lambda: make(plain))

    async def _final(self, make: Callable[[], Awaitable[_T]]) -> _T:
        wait_s = self._pacer.open_in(self._limits)
        if wait_s > _LONGEST_WAIT_S:
            raise DeliveryDelayed(wait_s)
        await self._pacer.turn(self._limits, Priority.FINAL)
        return await self._pausing(self._limits[0], make)

    async def _pausing(self, limit: Limit, make: Callable[[], Awaitable[_T]]) -> _T:
        """Telegram's wish to wait closes the chat's own allowance, and no other."""
        try:
            return await make()
        except SlowDown as late:
            self._pacer.pause(limit, late.wait_s)
            raise

    async def _moving(self, make: Callable[[], Awaitable[_T]]) -> _T:
        try:
            return await make()
        except ChatMigrated as moved:
            before, self.where = self.where, self.where.moved(moved.new_chat_id)
            place = self._place
            await self._places.move(
                place.tenant, place.channel, before.beginning, self.where.beginning
            )
            return await make()

    @asynccontextmanager
    async def _told(self) -> AsyncIterator[None]:
        """Turn Telegram's errors into ours; they quote what was sent, so none is the cause."""
        try:
            yield
        except TelegramError as failure:
            raised: Exception = outcome(failure)
            if refusal(failure) is Refusal.NOT_THERE:
                raised = _NotThere()
            if isinstance(raised, CustomerGone):
                await self.gone(failure)
            raise raised from None

    async def _send(self, content: Content) -> str:
        answering: dict[str, Any] = {}
        if content.reply_to is not None:
            answering["reply_parameters"] = ReplyParameters(
                content.reply_to, allow_sending_without_reply=True
            )
        sent = await self._bot.send_message(
            self.where.chat,
            content.html or content.text,
            parse_mode=ParseMode.HTML if content.html else None,
            message_thread_id=self.where.thread or None,
            business_connection_id=self.where.connection or None,
            reply_markup=content.buttons,
            link_preview_options=_NO_PREVIEW,
            **answering,
        )
        return native_id(self.where.chat, sent.message_id)

    async def _send_file(self, name: str, data: bytes) -> str:
        sent = await self._bot.send_document(
            self.where.chat,
            InputFile(data, filename=name),
            message_thread_id=self.where.thread or None,
            business_connection_id=self.where.connection or None,
            write_timeout=_FILE_S,
        )
        return native_id(self.where.chat, sent.message_id)

    async def _edit(self, number: int, content: Content) -> None:
        try:
            await self._bot.edit_message_text(
                content.html or content.text,
                chat_id=self.where.chat,
                message_id=number,
                parse_mode=ParseMode.HTML if content.html else None,
                business_connection_id=self.where.connection or None,
                reply_markup=content.buttons,
                link_preview_options=_NO_PREVIEW,
            )
        except TelegramError as failure:
            if refusal(failure) is not Refusal.SAME:
                raise


class _NotThere(Exception):
    """The message is gone."""
