"""Keeps bots' tokens valid where Slack lets them expire: twelve hours, and a new one for each.

Source: https://docs.slack.dev/authentication/using-token-rotation
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import replace

import aiohttp
import structlog
from slack_sdk.errors import SlackClientError

from channels.accounts import Account, AccountNotFound, Accounts
from channels.slack.app import SlackApp
from channels.slack.exchange import exchange_client
from core.domain.errors import RetryableError
from core.domain.messages import Channel
from core.ports import Clock

_EARLY_S = 2 * 3600
_EVERY_S = 600.0
_CALL_S = 15.0
Lock = Callable[[str], AbstractAsyncContextManager[object]]
"""Held by one process at a time, by name: a refresh token is good once."""
_log = structlog.get_logger(__name__)


class Rotation:
    """Looks every ten minutes, until it is asked to stop."""

    def __init__(
        self,
        app: SlackApp,
        accounts: Accounts,
        clock: Clock,
        session: aiohttp.ClientSession,
        lock: Lock,
    ) -> None:
        self._app = app
        self._accounts = accounts
        self._clock = clock
        self._client = exchange_client(app, session)
        self._lock = lock
        self._stop = asyncio.Event()

    def stop(self) -> None:
        """Begin to end. Twice is a no-op."""
        self._stop.set()

    async def run(self) -> None:
        """Rotate what is due, until `stop`."""
        while not self._stop.is_set():
            await self.rotate()
            with suppress(TimeoutError):
                async with asyncio.timeout(_EVERY_S):
                    await self._stop.wait()

    async def rotate(self) -> None:
        """Give every account whose token ends within two hours a new one."""
        try:
            accounts = await self._accounts.all(Channel.SLACK)
        except RetryableError:
            return
        for account in accounts:
            if self._is_due(account):
                await self._rotated(account)

    def _is_due(self, account: Account) -> bool:
        ends = account.options.get("expires_at", "")
        return ends.isdecimal() and int(ends) - _EARLY_S <= self._clock.now().timestamp()

    async def _rotated(self, account: Account) -> None:
        try:
            async with self._lock(f"slack/{account.name}"):
                found = [
                    one
                    for one in await self._accounts.all(Channel.SLACK)
                    if one.name == account.name
                ]
                if found and self._is_due(found[0]):
                    await self._accounts.keep(await self._fresh(found[0]))
        except (aiohttp.ClientError, SlackClientError, OSError, RetryableError) as failed:
            # the old one is good for two hours yet
            _log.warning("token not rotated", account=account.name, why=type(failed).__name__)
        except AccountNotFound:
            return  # it was removed meanwhile

    async def _fresh(self, account: Account) -> Account:
        async with asyncio.timeout(_CALL_S):
            answer = await self._client.oauth_v2_access(
                client_id=self._app.client_id,
                client_secret=self._app.client_secret,
                grant_type="refresh_token",
                refresh_token=account.secrets.get("refresh_token", ""),
            )
        ends = int(self._clock.now().timestamp()) + int(answer.get("expires_in") or 0)
        tokens = {
            "bot_token": str(answer["access_token"]),
            "refresh_token": str(answer.get("refresh_token", "")),
        }
        return replace(
            account,
            secrets={**account.secrets, **tokens},
            options={**account.options, "expires_at": str(ends)},
        )
