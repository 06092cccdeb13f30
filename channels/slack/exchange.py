"""Exchanges codes and refresh tokens for tokens."""

from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from channels.slack.app import SlackApp
from channels.slack.calls import direct, quiet


class ExchangeClient(AsyncWebClient):
    """Names the app in the form: the SDK's own way is by a header that aiohttp deprecates."""

    async def oauth_v2_access(self, **fields: Any) -> AsyncSlackResponse:
        """https://docs.slack.dev/reference/methods/oauth.v2.access."""
        known = {name: value for name, value in fields.items() if value is not None}
        return await self.api_call("oauth.v2.access", data=known)


def exchange_client(app: SlackApp, session: aiohttp.ClientSession) -> ExchangeClient:
    """One for the app, which has no token of its own."""
    made = ExchangeClient(base_url=app.api_url, session=session, retry_handlers=[], logger=quiet)
    return direct(made, app.api_url)
