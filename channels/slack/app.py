"""What an operator was given by Slack for the app that all workspaces install."""

from dataclasses import dataclass, field

from slack_sdk.web.async_client import AsyncWebClient


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackApp:
    """The credentials of one app."""

    signing_secret: str = field(default="", repr=False)
    """Proves that a request comes from Slack; without it nothing is taken over HTTP."""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    """With the client's id: for the pages through which workspaces install the app."""
    app_token: str = field(default="", repr=False)
    """For Socket Mode; begins with `xapp-`."""
    api_url: str = AsyncWebClient.BASE_URL
    """Where Slack's methods are."""
