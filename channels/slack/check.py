"""Looks whether an account works: one sentence for each thing that was looked at."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from channels.accounts import Account
from channels.checking import Finding, State
from channels.slack.app import SlackApp
from channels.slack.calls import client, quiet_client
from channels.slack.failures import code_of
from channels.slack.manifest import scopes
from core.ports import Clock

_SKEW_S = 60
"""Slack's signatures are good for five minutes; a minute off is worth a word."""
_TOO_FAR_S = 300


async def check(
    account: Account, app: SlackApp, session: aiohttp.ClientSession, clock: Clock
) -> Sequence[Finding]:
    """What an operator should know about the account; asks Slack, and changes nothing."""
    found: list[Finding] = []
    try:
        answer = await client(account, session).auth_test()
    except SlackApiError as refused:
        found.append(_wrong("token", _refusal(refused)))
    except (aiohttp.ClientError, SlackClientError, OSError):
        return [_wrong("reachable", "Slack cannot be reached from here; check the network.")]
    else:
        found += [_token(account, answer), _scopes(answer), _clock(answer, clock.now())]
    found.append(await _way_in(app, session))
    return found


def _token(account: Account, answer: AsyncSlackResponse) -> Finding:
    team, user = str(answer.get("team_id", "")), str(answer.get("user_id", ""))
    if account.native not in (team, str(answer.get("enterprise_id", ""))):
        return _wrong("token", f"The token is one of workspace {team}, not of {account.native}.")
    if account.options.get("bot_user") != user:
        return _warn(
            "token", f"The token works for bot {user}, which the account should name: add it anew."
        )
    return _ok("token", f"The token works for bot {user} in workspace {team}.")


def _scopes(answer: AsyncSlackResponse) -> Finding:
    headers: Mapping[str, str] = answer.headers
    said = {name.lower(): value for name, value in headers.items()}.get("x-oauth-scopes", "")
    granted = {one.strip() for one in said.split(",")}
    missing = [one for one in scopes() if one not in granted]
    if missing:
        return _wrong("scopes", f"The bot may not {', '.join(missing)}: install the app again.")
    return _ok("scopes", f"The bot has all {len(scopes())} scopes that it needs.")


def _clock(answer: AsyncSlackResponse, now: datetime) -> Finding:
    headers: Mapping[str, str] = answer.headers
    try:
        off = abs((parsedate_to_datetime(headers.get("Date", "")) - now).total_seconds())
    except (ValueError, TypeError):
        return _warn("clock", "Slack did not say what time it is.")
    if off >= _TOO_FAR_S:
        return _wrong(
            "clock", f"The clock is {off:.0f} s off, so every request of Slack is refused: set it."
        )
    if off >= _SKEW_S:
        return _warn("clock", f"The clock is {off:.0f} s off; from 300 s on nothing is taken.")
    return _ok("clock", "The clock agrees with Slack's.")


async def _way_in(app: SlackApp, session: aiohttp.ClientSession) -> Finding:
    """How Slack speaks to us."""
    if not app.app_token:
        if app.signing_secret:
            return _ok("events", "Slack's requests are expected over HTTP, and can be verified.")
        return _wrong(
            "events", "There is neither a signing secret for HTTP nor an app token for sockets."
        )
    try:
        slack = quiet_client(app.app_token, session, app.api_url)
        await slack.apps_connections_open(app_token=app.app_token)
    except SlackApiError as refused:
        return _wrong("socket mode", _refusal(refused))
    except (aiohttp.ClientError, SlackClientError, OSError):
        return _wrong("socket mode", "Slack gives no socket now; check the network.")
    return _ok("socket mode", "Slack opens sockets for this app.")


def _refusal(refused: SlackApiError) -> str:
    code = code_of(refused)
    if not code:
        return "Slack answers without a reason; try again in a while."
    return f"Slack refuses the token ({code}): make a new one."


def _ok(check: str, text: str) -> Finding:
    return Finding(check=check, state=State.OK, text=text)


def _warn(check: str, text: str) -> Finding:
    return Finding(check=check, state=State.WARN, text=text)


def _wrong(check: str, text: str) -> Finding:
    return Finding(check=check, state=State.WRONG, text=text)
