"""The pages through which a workspace installs the app; what comes of it is an account.

slack-bolt walks through OAuth (state in a cookie, the exchange of the code); who may install for
whom, and where it is kept, is decided here. https://docs.slack.dev/authentication/installing-with-oauth
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

import aiohttp
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import (
    AsyncCallbackOptions,
    AsyncFailureArgs,
    AsyncSuccessArgs,
)
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackClientError
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from channels.accounts import Account, AccountNotFound, Accounts
from channels.happenings import Reopened
from channels.places import SEPARATOR
from channels.receiving import Receive
from channels.slack.app import SlackApp
from channels.slack.calls import quiet
from channels.slack.exchange import exchange_client
from channels.slack.invitations import Invitation, opened, sealed
from channels.slack.manifest import INSTALL, REDIRECT, scopes
from core.clock import new_secret
from core.domain.errors import DeliveryUnknown, SetupError, TenantNotFound
from core.domain.messages import Channel
from core.http.json import Refused
from core.ports import Clock

_STATE_S = 600
_PAGE = (
    "<!doctype html><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    "<title>Slack</title><p>{sentence}</p>"
)
_DONE = "The app is installed. Write to it in Slack."
_NOT_DONE = "The app was not installed. Please open the link of your invitation again."


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthParts:
    """What the pages need."""

    app: SlackApp
    public_url: str
    """Where Slack sends the browser back to, as `https://chat.example`."""
    accounts: Accounts
    receive: Receive
    clock: Clock
    session: aiohttp.ClientSession


class OAuthRoutes:
    """The handlers of GET /slack/install and GET /slack/oauth_redirect."""

    def __init__(self, parts: OAuthParts) -> None:
        self._parts = parts
        self._flow = _Flow(parts)

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Serve them."""
        router.add_get(INSTALL, self.install, allow_head=False)
        router.add_get(REDIRECT, self.redirected, allow_head=False)

    async def install(self, request: web.Request) -> web.StreamResponse:
        """GET /slack/install: on to Slack, for who was invited."""
        invitation = request.query.get("invitation", "")
        if opened(self._parts.app, invitation, self._parts.clock.now()) is None:
            raise Refused(403, "forbidden", "This needs an invitation that is still valid.")
        return await _answered(request, self._flow.handle_installation)

    async def redirected(self, request: web.Request) -> web.StreamResponse:
        """GET /slack/oauth_redirect: back from Slack."""
        try:
            return await _answered(request, self._flow.handle_callback)
        except (aiohttp.ClientError, SlackClientError, OSError) as away:
            raise DeliveryUnknown("Slack did not answer") from away


async def _answered(
    request: web.Request, handle: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]
) -> web.Response:
    return await to_aiohttp_response(await handle(await to_bolt_request(request)))


class _Flow(AsyncOAuthFlow):
    """Bolt's, with the invitation in the state."""

    def __init__(self, parts: OAuthParts) -> None:
        self._parts = parts
        app = parts.app
        settings = AsyncOAuthSettings(
            client_id=app.client_id,
            client_secret=app.client_secret,
            scopes=list(scopes()),
            user_scopes=[],
            redirect_uri=parts.public_url.rstrip("/") + REDIRECT,
            install_path=INSTALL,
            redirect_uri_path=REDIRECT,
            install_page_rendering_enabled=False,
            callback_options=AsyncCallbackOptions(success=_succeeded, failure=_failed),
            installation_store=AsyncInstallationStore(),
            state_store=_States(parts),
            state_expiration_seconds=_STATE_S,
            logger=quiet,
        )
        client = exchange_client(app, parts.session)
        super().__init__(client=client, logger=quiet, settings=settings)

    async def issue_new_state(self, request: AsyncBoltRequest) -> str:
        app, now = self._parts.app, self._parts.clock.now()
        found = opened(app, _asked(request, "invitation"), now)
        if found is None:
            raise BoltError("the invitation is over")
        until = now + timedelta(seconds=_STATE_S)
        state = Invitation(tenant=found.tenant, name=found.name, until=until)
        return sealed(app, state, new_secret())

    async def store_installation(
        self, request: AsyncBoltRequest, installation: Installation
    ) -> None:
        parts = self._parts
        invitation = opened(parts.app, _asked(request, "state"), parts.clock.now())
        if invitation is None:
            raise BoltError("the invitation is over")
        account = await _account(parts, invitation, installation)
        try:
            await parts.accounts.keep(account)
        except (SetupError, TenantNotFound) as refused:
            raise BoltError("the account cannot be kept") from refused
        await parts.receive(account, (Reopened(address=account.name + SEPARATOR),))


class _States(AsyncOAuthStateStore):
    """States prove themselves: no replica needs to know what another one gave out.

    One that is used twice gains nothing: Slack takes each code once, and the browser's cookie goes
    with it.
    """

    def __init__(self, parts: OAuthParts) -> None:
        self._parts = parts

    async def async_consume(self, state: str) -> bool:
        return opened(self._parts.app, state, self._parts.clock.now()) is not None


async def _account(
    parts: OAuthParts, invitation: Invitation, installation: Installation
) -> Account:
    """What was installed; an account that is here already keeps its name and its options."""
    team, org = installation.team_id or "", installation.enterprise_id or ""
    native = org if installation.is_enterprise_install else team
    if not (native and installation.bot_token):
        raise BoltError("Slack gave no token of a bot")
    name, options = invitation.name or _slug(installation, native), dict[str, str]()
    try:
        there = await parts.accounts.at(Channel.SLACK, native)
    except AccountNotFound:
        pass
    else:
        if there.tenant != invitation.tenant:
            raise BoltError("the workspace is another tenant's")
        name, options = there.name, dict(there.options)
    expires = installation.bot_token_expires_at
    found = {
        "team": team,
        "enterprise": org,
        "bot_user": installation.bot_user_id or "",
        "scopes": ",".join(installation.bot_scopes or ()),
        "expires_at": str(int(expires)) if expires else "",
    }
    secrets = {
        "bot_token": installation.bot_token,
        "refresh_token": installation.bot_refresh_token or "",
    }
    return Account(
        tenant=invitation.tenant,
        channel=Channel.SLACK,
        name=name,
        native=native,
        secrets={key: value for key, value in secrets.items() if value},
        options={key: value for key, value in (options | found).items() if value},
    )


def _slug(installation: Installation, native: str) -> str:
    """The workspace's name as an account may be called."""
    said = re.sub(r"[^a-z0-9]+", "-", (installation.team_name or "").lower()).strip("-")
    return said[:40].strip("-") or native.lower()


def _asked(request: AsyncBoltRequest, name: str) -> str:
    return str(next(iter(request.query.get(name, ())), ""))


async def _succeeded(args: AsyncSuccessArgs) -> BoltResponse:
    return _page(HTTPStatus.OK, _DONE)


async def _failed(args: AsyncFailureArgs) -> BoltResponse:
    status = args.suggested_status_code
    return _page(max(status, 400), _NOT_DONE)


def _page(status: int, sentence: str) -> BoltResponse:
    headers: dict[str, str | Sequence[str]] = {"Content-Type": "text/html; charset=utf-8"}
    return BoltResponse(status=status, body=_PAGE.format(sentence=sentence), headers=headers)
