"""Calls of Slack's methods: one at a time within Slack's allowances, and what became of each.

Source of the tiers: https://docs.slack.dev/apis/web-api/rate-limits, and each method's page.
"""

import asyncio
import io
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from channels.accounts import Account
from channels.limits import Rate
from channels.pacing import Limit, Pacer, Priority
from channels.slack.failures import PAUSE_S, SOON_S, failure, of_status
from core.domain.errors import DeliveryDelayed, DeliveryUnknown

CALL_S = 15.0
_WAIT_S = 4.0
"""How long one call may wait for its turn; who must wait longer comes again."""
_SLOW_DOWN = 429
_LONGEST_PAUSE_S = 3600.0
_TIERS: Mapping[str, Rate] = {
    "chat.startStream": Rate(per_second=18 / 60, burst=18),  # what was begun can be ended
    "chat.stopStream": Rate(per_second=20 / 60, burst=20),
    "chat.update": Rate(per_second=50 / 60, burst=20),
    "chat.delete": Rate(per_second=50 / 60, burst=10),
    "conversations.replies": Rate(per_second=50 / 60, burst=10),
    "chat.appendStream": Rate(per_second=100 / 60, burst=30),
    "chat.postMessage": Rate(per_second=300 / 60, burst=60),
}
_OTHERS = Rate(per_second=100 / 60, burst=30)
_PER_CHANNEL = Rate(per_second=1, burst=1)
_READS = frozenset(
    {
        "conversations.history",
        "conversations.replies",
        "files.getUploadURLExternal",
        "files.info",
        "users.info",
    }
)
"""They take no JSON."""
_FORMS = frozenset({"files.completeUploadExternal"})
"""Nor do these, and they change something."""
SlackClient = TypeVar("SlackClient", bound=AsyncWebClient)
quiet = logging.getLogger("switchboard.slack.sdk")
quiet.setLevel(logging.CRITICAL)  # it quotes bodies


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of a method."""

    method: str
    body: Mapping[str, Any]
    priority: Priority = Priority.FINAL

    @property
    def channel(self) -> str:
        """Where it is about; empty when that is nowhere."""
        return str(self.body.get("channel", ""))


def limits(account: Account, call: Call) -> Sequence[Limit]:
    """What the call is counted by."""
    rate = _TIERS.get(call.method, _OTHERS)
    found = [Limit(kind=call.method, key=account.name, rate=rate)]
    if call.method == "chat.postMessage":
        key = f"{account.name}/{call.channel}"
        found.append(Limit(kind="slack channel", key=key, rate=_PER_CHANNEL))
    return found


class Calls:
    """Slack, for whoever has something to say."""

    def __init__(
        self, session: aiohttp.ClientSession, pacer: Pacer, patience_s: float = CALL_S
    ) -> None:
        """Share the session's connections and the process's allowances.

        Args:
            session: for all calls; a connection is used again.
            pacer: of the process, for all channels.
            patience_s: how long one call may take.
        """
        self._session = session
        self._pacer = pacer
        self._patience_s = patience_s

    def may(self, account: Account, call: Call) -> bool:
        """Take the allowance for a call that need not be made now; follow it by `at_once`."""
        return self._pacer.free(limits(account, call), call.priority)

    async def make(self, account: Account, call: Call) -> Mapping[str, Any]:
        """Make the call in its turn.

        Raises:
            DeliveryDelayed: its turn is too far away, Slack asks to wait, or it cannot be reached.
            DeliveryRefused: Slack will never do it.
            DeliveryUnknown: nobody knows whether it was done.
        """
        keys = limits(account, call)
        wait = self._pacer.open_in(keys)
        if wait > _WAIT_S:
            raise DeliveryDelayed(wait)
        try:
            async with asyncio.timeout(_WAIT_S):
                await self._pacer.turn(keys, call.priority)
        except TimeoutError:
            raise DeliveryDelayed(max(self._pacer.open_in(keys), SOON_S)) from None
        return await self.at_once(account, call)

    async def at_once(self, account: Account, call: Call) -> Mapping[str, Any]:
        """Make the call now; raises what `make` does."""
        try:
            async with asyncio.timeout(self._patience_s):
                return await self._ask(client(account, self._session), call)
        except SlackApiError as refused:
            raise self._refusal(account, call, refused) from None  # it quotes what was sent
        except aiohttp.ClientConnectorError as away:
            raise DeliveryDelayed(SOON_S) from away
        except (aiohttp.ClientError, SlackClientError, OSError, AttributeError) as broken:
            # the SDK takes every answer with 200 for an object, and some proxy's is none
            raise DeliveryUnknown from broken

    async def bring(self, address: str, data: bytes) -> None:
        """Bring bytes to an address that Slack named for them; nobody sees them by that.

        Raises:
            DeliveryDelayed: they are not there.
        """
        try:
            async with (
                asyncio.timeout(self._patience_s),
                self._session.post(address, data=io.BytesIO(data)) as response,
            ):
                if not response.ok:
                    raise DeliveryDelayed(SOON_S)
        except (aiohttp.ClientError, TimeoutError, OSError) as broken:
            raise DeliveryDelayed(SOON_S) from broken

    async def _ask(self, slack: AsyncWebClient, call: Call) -> Mapping[str, Any]:
        if call.method in _READS:
            params = dict(call.body)
            answer = await slack.api_call(call.method, http_verb="GET", params=params)
        elif call.method in _FORMS:
            answer = await slack.api_call(call.method, params=dict(call.body))
        else:
            answer = await slack.api_call(call.method, json=dict(call.body))
        return answer.data if isinstance(answer.data, dict) else {}

    def _refusal(self, account: Account, call: Call, refused: SlackApiError) -> Exception:
        answer: Any = refused.response
        status = int(getattr(answer, "status_code", None) or getattr(answer, "status", 0) or 0)
        data = getattr(answer, "data", None)
        if status == _SLOW_DOWN:
            return self._slow_down(account, call, answer)
        code = data.get("error") if isinstance(data, dict) else None
        known = failure(code) if isinstance(code, str) else of_status(status)
        if isinstance(known, DeliveryDelayed) and known.retry_after_s == PAUSE_S:
            self._pause(account, call, PAUSE_S)
        return known

    def _slow_down(self, account: Account, call: Call, answer: Any) -> DeliveryDelayed:
        try:
            seconds = float(answer.headers.get("Retry-After", PAUSE_S))
        except ValueError:
            seconds = PAUSE_S
        if not (isfinite(seconds) and seconds >= 0):
            seconds = PAUSE_S
        seconds = min(seconds, _LONGEST_PAUSE_S)
        self._pause(account, call, seconds)
        return DeliveryDelayed(seconds)

    def _pause(self, account: Account, call: Call, seconds: float) -> None:
        """Close the narrowest key of the call: a busy channel does not silence the others."""
        self._pacer.pause(limits(account, call)[-1], seconds)


def client(account: Account, session: aiohttp.ClientSession) -> AsyncWebClient:
    """A client for the account, which repeats nothing by itself."""
    api_url = account.options.get("api_url") or AsyncWebClient.BASE_URL
    return quiet_client(account.secrets.get("bot_token", ""), session, api_url)


def quiet_client(token: str, session: aiohttp.ClientSession, api_url: str) -> AsyncWebClient:
    """A client for a token, which repeats nothing and logs nothing: it would quote bodies."""
    made = AsyncWebClient(
        token=token, base_url=api_url, session=session, retry_handlers=[], logger=quiet
    )
    return direct(made, api_url)


def direct(slack: SlackClient, api_url: str) -> SlackClient:
    """The client without the environment's proxy, where Slack is not out there.

    The SDK heeds HTTPS_PROXY for every host, and no NO_PROXY.
    """
    if api_url != AsyncWebClient.BASE_URL:
        slack.proxy = None
    return slack
