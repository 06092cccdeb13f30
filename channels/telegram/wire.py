"""Calls to the Bot API by python-telegram-bot, with failures told apart as we need them.

Texts of foreign exceptions quote messages and addresses with tokens in them: what is raised from
here on carries none of them.
"""

from http import HTTPStatus
from typing import Any

import httpx
import msgspec
from telegram import Bot
from telegram.error import NetworkError, TelegramError
from telegram.request import HTTPXRequest

from channels.accounts import Account

API_URL = "https://api.telegram.org"
_CONNECT_S, _POOL_S, _WRITE_S, _READ_S = 4.0, 2.0, 4.0, 9.0
"""Together less than the 20 seconds that one call may take."""
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


class Unreached(NetworkError):
    """Telegram was not asked at all."""

    def __init__(self) -> None:
        super().__init__("not connected")


class Unanswered(NetworkError):
    """Telegram may have done it or not."""

    def __init__(self) -> None:
        super().__init__("no answer")


class SlowDown(TelegramError):
    """Telegram did nothing, and asks to wait."""

    def __init__(self, wait_s: float) -> None:
        super().__init__("slow down")
        self.wait_s = wait_s


class _Parameters(msgspec.Struct, frozen=True, kw_only=True):
    retry_after: float = 1.0


class _TooMany(msgspec.Struct, frozen=True, kw_only=True):
    parameters: _Parameters = _Parameters()


class Wire(HTTPXRequest):
    """Says of each failure whether Telegram can have heard the request."""

    async def do_request(self, *args: Any, **options: Any) -> tuple[int, bytes]:
        try:
            code, payload = await super().do_request(*args, **options)
        except NetworkError as failed:
            if isinstance(failed.__cause__, _NOT_SENT):
                raise Unreached from None
            raise Unanswered from None
        if code == HTTPStatus.TOO_MANY_REQUESTS:
            raise SlowDown(_wish(payload))
        if code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Unanswered
        return code, payload


def _wish(payload: bytes) -> float:
    """Seconds to wait; one where nothing readable is said of that."""
    try:
        return msgspec.json.decode(payload, type=_TooMany).parameters.retry_after
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _Parameters().retry_after


class Bots:
    """One client per account, made when it is first needed."""

    def __init__(self, *, connections: int = 64, read_s: float = _READ_S) -> None:
        """Let each client have so many connections, and wait so long for an answer."""
        self._connections = connections
        self._read_s = read_s
        self._of: dict[str, tuple[Account, Bot]] = {}
        self._requests: list[Wire] = []

    def of(self, account: Account) -> Bot:
        """The account's client; another one when its token or address changed."""
        known = self._of.get(account.name)
        if known is not None and _same(known[0], account):
            return known[1]
        request = wire(self._connections, read_s=self._read_s)
        bot = bot_of(account, request)
        self._requests.append(request)
        self._of[account.name] = (account, bot)
        return bot

    async def close(self) -> None:
        """Let go of every connection."""
        self._of.clear()
        while self._requests:
            await self._requests.pop().shutdown()


def wire(connections: int, *, read_s: float) -> Wire:
    """Connections that give up in time."""
    return Wire(
        connection_pool_size=connections,
        connect_timeout=_CONNECT_S,
        pool_timeout=_POOL_S,
        write_timeout=_WRITE_S,
        read_timeout=read_s,
    )


def bot_of(account: Account, request: Wire) -> Bot:
    """A client of an account, which needs no start: nothing is asked before the first call."""
    url = account.options.get("api_url", "").rstrip("/") or API_URL
    return Bot(
        account.secrets["token"],
        base_url=f"{url}/bot",
        base_file_url=f"{url}/file/bot",
        request=request,
        get_updates_request=request,
    )


def _same(one: Account, other: Account) -> bool:
    return (one.secrets.get("token"), one.options.get("api_url")) == (
        other.secrets.get("token"),
        other.options.get("api_url"),
    )
