"""Signs that a button was pressed, given after Telegram has its answer.

They are a courtesy: one that is lost changes nothing, so none is tried twice, and beyond a bound
none is given.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog
from telegram import InlineKeyboardMarkup
from telegram.error import TelegramError

from channels.accounts import Account
from channels.pacing import Pacer, Priority
from channels.ratings import Thumb
from channels.telegram.allowance import allowances, whole
from channels.telegram.buttons import NOTHING, reasons, talk_reasons, talk_verdicts, verdicts
from channels.telegram.pressed import (
    PERSON,
    bot_wanted_of,
    language_of,
    rating_of,
    talk_rating_of,
)
from channels.telegram.updates import Callback
from channels.telegram.wire import Bots
from channels.telegram.words import Words, words_in, words_of

_MOST = 100
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A button that was pressed."""

    callback: Callback
    is_others: bool = False
    """It is for the customer of a talk alone, and another one pressed it: nothing was done."""


def reply(press: Press) -> dict[str, str]:
    """The sign as the body of the answer to a webhook, which costs no call.

    Source: https://core.telegram.org/bots/api#making-requests-when-getting-updates.
    """
    return {
        "method": "answerCallbackQuery",
        "callback_query_id": press.callback.id,
        "text": _said(press),
    }


class Acknowledge:
    """Gives signs beside everything else."""

    def __init__(self, bots: Bots, pacer: Pacer) -> None:
        self._bots = bots
        self._pacer = pacer
        self._tasks: set[asyncio.Task[None]] = set()

    def after(self, account: Account, press: Press, *, told: bool) -> None:
        """Put the right buttons below the answer; `told` is False when nothing was replied yet."""
        if not told:
            self._begin(self._tell(account, press))
        if not press.is_others and _buttons(press.callback) is not None:
            self._begin(self._change(account, press.callback))

    async def close(self) -> None:
        """Give up what was not given yet."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def settle(self) -> None:
        """Wait until all are given."""
        await asyncio.gather(*self._tasks)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        if len(self._tasks) >= _MOST:
            work.close()
            return
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell(self, account: Account, press: Press) -> None:
        bot, callback = self._bots.of(account), press.callback
        await self._pacer.turn([whole(account.name)], Priority.FIRST_WORDS)
        try:
            await bot.answer_callback_query(callback.id, text=_said(press))
        except TelegramError as failed:  # too late for this one, mostly
            _log.info("press not acknowledged", account=account.name, error=failed)

    async def _change(self, account: Account, callback: Callback) -> None:
        message, buttons = callback.message, _buttons(callback)
        if message is None or buttons is None:
            return
        await self._pacer.turn(allowances(account.name, message.chat.id), Priority.FIRST_WORDS)
        try:
            await self._bots.of(account).edit_message_reply_markup(
                chat_id=message.chat.id,
                message_id=message.message_id,
                reply_markup=buttons if buttons.inline_keyboard else None,  # None takes them away
                business_connection_id=message.business_connection_id or None,
            )
        except TelegramError as failed:
            _log.info("buttons not changed", account=account.name, error=failed)


def _said(press: Press) -> str:
    callback = press.callback
    if press.is_others:  # in their own language, not in that of the talk
        return words_in(callback.sender.language_code).others
    words, rating = _words(callback), rating_of(callback.data)
    if callback.data == PERSON:
        return words.connecting
    talk = talk_rating_of(callback.data)
    verdict = rating or talk
    if verdict is None:
        return ""
    if verdict.thumb is Thumb.DOWN and verdict.reason is None:
        return words.why
    return words.thanks if talk is None else words.talk_thanks


def _buttons(callback: Callback) -> InlineKeyboardMarkup | None:
    words, rating = _words(callback), rating_of(callback.data)
    talk = talk_rating_of(callback.data)
    if bot_wanted_of(callback.data) is not None:
        return NOTHING
    if talk is not None:
        asks = talk.thumb is Thumb.DOWN and talk.reason is None
        return (talk_reasons if asks else talk_verdicts)(talk.handoff, words)
    if rating is None:
        return None
    asks = rating.thumb is Thumb.DOWN and rating.reason is None
    return reasons(rating.turn, words) if asks else verdicts(rating.turn, words)


def _words(callback: Callback) -> Words:
    """In the language of the buttons that stand there, whatever the customer's own is."""
    if named := language_of(callback.data):
        return words_in(named)
    message = callback.message
    markup = message.reply_markup if message is not None else None
    rows = markup.inline_keyboard if markup is not None else ()
    labels = (one.text for row in rows for one in row if one.callback_data == PERSON)
    return words_of(next(labels, ""), callback.sender.language_code)


def encoded(press: Press) -> bytes:
    """The body of the answer to a webhook."""
    return msgspec.json.encode(reply(press))
