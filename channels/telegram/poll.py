"""Asks Telegram for updates where it cannot reach us: the other way in.

What was asked for is confirmed by the next question alone, so an update counts as taken only when
all that happened by it is stored: who dies in between is told again.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from telegram import Bot
from telegram.error import Conflict, InvalidToken, TelegramError

from channels.accounts import Account
from channels.leases import Held, Leases
from channels.telegram.acknowledge import Acknowledge
from channels.telegram.take import Take
from channels.telegram.updates import WANTED
from channels.telegram.wire import SlowDown, bot_of, wire
from core.domain.errors import RetryableError
from core.http.json import origin_of

_WAIT_S = 50
"""The longest that Telegram lets a question wait for news."""
_GRACE_S = 10.0
"""How much longer to wait for the answer."""
_CONFLICT_S, _TOKEN_S = 5.0, 60.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 30.0
_TRIES = 5
"""Of an update that fails for a reason that will not pass; then it is left out."""
_METHOD = "getupdates"
"""Names of methods may have any case; by this one python-telegram-bot gives what it got."""
_T = TypeVar("_T")
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PollParts:
    """What the pollers of a process share."""

    take: Take
    acknowledge: Acknowledge
    leases: Leases
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


class TelegramPoller:
    """The updates of one account, while no other process has its lease.

    Two who ask with one token at the same time are both sent away in turn, hence the lease.
    """

    def __init__(self, account: Account, parts: PollParts, *, wait_s: int = _WAIT_S) -> None:
        """Let each question wait `wait_s` seconds for news."""
        self._account = account
        self._parts = parts
        self._wait_s = wait_s
        self._stop = asyncio.Event()
        self._offset = 0
        self._pause_s = _FIRST_PAUSE_S
        self._failed = 0

    async def run(self) -> None:
        """Take updates until `stop`; what is in hand is stored, and confirmed, before the end."""
        request = wire(2, read_s=self._wait_s + _GRACE_S)
        bot = bot_of(self._account, request)
        try:
            while not self._stop.is_set():
                await self._hold(bot)
        finally:
            await request.shutdown()

    def stop(self) -> None:
        """Begin to end. Twice is a no-op."""
        self._stop.set()

    async def _hold(self, bot: Bot) -> None:
        """Wait for the lease, and poll for as long as it is ours."""
        lease = self._parts.leases.hold(f"telegram:{self._account.native}")
        try:
            async with AsyncExitStack() as stack:
                held = await self._unless((self._stop,), stack.enter_async_context(lease))
                if held is not None:
                    await self._poll(bot, held)
        except RetryableError as away:
            await self._rest(self._longer(), away)

    async def _poll(self, bot: Bot, held: Held) -> None:
        self._offset = 0  # Telegram knows what is confirmed, whoever did it
        while not self._stop.is_set() and not held.lost.is_set():
            try:
                updates = await self._unless((self._stop, held.lost), self._ask(bot))
                if updates == []:
                    # all is confirmed; after a week without news numbers begin anywhere
                    self._offset = 0
                await self._take(updates or [], held)
            except (TelegramError, RetryableError) as failed:
                await self._rest(self._wait_after(failed), failed)
            else:
                self._pause_s = _FIRST_PAUSE_S
        if not held.lost.is_set():
            await self._confirm(bot)

    async def _ask(self, bot: Bot, *, wait_s: int | None = None) -> list[dict[str, Any]]:
        wish = {
            "offset": self._offset,
            "timeout": self._wait_s if wait_s is None else wait_s,
            "allowed_updates": list(WANTED),
        }
        found: list[dict[str, Any]] = await bot.do_api_request(_METHOD, api_kwargs=wish)
        return found

    async def _take(self, updates: list[dict[str, Any]], held: Held) -> None:
        """Store one after the other, and move on behind each.

        Raises:
            RetryableError: the next one is not stored; it will be asked for again.
        """
        for update in updates:
            if held.lost.is_set():
                return
            number = int(update["update_id"])
            try:
                press = await self._parts.take(self._account, json.dumps(update).encode())
            except RetryableError:
                raise
            except Exception as failure:  # noqa: BLE001 - one update must not hold back all others
                self._give_up(number, failure)
            else:
                if press is not None:
                    self._parts.acknowledge.after(self._account, press, told=False)
            self._failed, self._offset = 0, max(self._offset, number + 1)

    def _give_up(self, number: int, failure: Exception) -> None:
        """Leave the update out when it was tried often enough.

        Raises:
            RetryableError: it was not.
        """
        self._failed += 1
        if self._failed < _TRIES:
            raise RetryableError from failure
        _log.error(
            "telegram update left out",
            account=self._account.name,
            update=number,
            **origin_of(failure),
        )

    async def _confirm(self, bot: Bot) -> None:
        """Say what was taken, so that nobody is told it again; they would know it anyway."""
        if self._offset:
            with suppress(TelegramError):
                await self._ask(bot, wait_s=0)

    def _wait_after(self, failed: Exception) -> float:
        match failed:
            case SlowDown(wait_s=wait_s):
                return wait_s
            case Conflict():  # somebody polls without a lease, or a webhook is set
                return _CONFLICT_S
            case InvalidToken():
                return _TOKEN_S
            case _:
                return self._longer()

    def _longer(self) -> float:
        pause_s, self._pause_s = self._pause_s, min(2 * self._pause_s, _LONGEST_PAUSE_S)
        return pause_s

    async def _rest(self, seconds: float, failed: Exception) -> None:
        _log.warning(
            "telegram not polled",
            account=self._account.name,
            kind=type(failed).__name__,
            again_in_s=seconds,
        )
        await self._unless((self._stop,), self._parts.sleep(seconds))

    async def _unless(self, ends: tuple[asyncio.Event, ...], work: Awaitable[_T]) -> _T | None:
        """The work's result; None when one of the ends came first, and the work was given up."""
        doing = asyncio.ensure_future(work)
        ending = [asyncio.ensure_future(end.wait()) for end in ends]
        try:
            await asyncio.wait((doing, *ending), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (*ending, doing):
                task.cancel()
            await asyncio.gather(*ending, doing, return_exceptions=True)
        return None if doing.cancelled() else doing.result()
