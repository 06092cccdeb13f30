"""Where Telegram brings updates: POST /telegram/{account}."""

import msgspec
from aiohttp import web

from channels.accounts import Account, AccountNotFound, Accounts
from channels.telegram.acknowledge import Acknowledge, encoded
from channels.telegram.take import Take
from channels.telegram.verify import HEADER, verify
from core.domain.messages import Channel
from core.http.json import Refused
from core.http.openapi import Answer, Operation, describes
from core.ports import Clock


class _Path(msgspec.Struct, frozen=True, kw_only=True):
    account: str


class TelegramRoutes:
    """The webhook of every Telegram account.

    An update that is stored, or that can never be, gets 200. One that cannot be stored now gets
    503 and Retry-After: Telegram brings it again, and the chat's later ones after it.
    """

    def __init__(
        self, accounts: Accounts, take: Take, acknowledge: Acknowledge, clock: Clock
    ) -> None:
        self._accounts = accounts
        self._take = take
        self._acknowledge = acknowledge
        self._clock = clock

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Serve it."""
        router.add_post("/telegram/{account}", self.post_update)

    @describes(
        Operation(
            summary="Take an update from Telegram",
            tag="platforms",
            description="Called by Telegram, which proves itself by the secret of the webhook.",
            headers={HEADER: "The secret that was given with setWebhook."},
            answers={200: Answer(says="It is stored, or concerns nobody.")},
            path=_Path,
            fails=(403, 404, 413, 503),
        )
    )
    async def post_update(self, request: web.Request) -> web.StreamResponse:
        """POST /telegram/{account}."""
        account = await self._account(request.match_info["account"])
        body = await request.read()
        if not verify(request.headers, body, account, self._clock.now()):
            raise Refused(403, "forbidden", "The secret of the webhook is missing or wrong.")
        press = await self._take(account, body)
        if press is None:
            return web.Response()
        self._acknowledge.after(account, press, told=True)
        return web.Response(body=encoded(press), content_type="application/json")

    async def _account(self, name: str) -> Account:
        try:
            return await self._accounts.named(Channel.TELEGRAM, name)
        except AccountNotFound:
            raise Refused(404, "not_found", "There is no such account.") from None
