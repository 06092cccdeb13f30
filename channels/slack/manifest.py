"""The app as it is registered with Slack: pasted once, under "create an app from a manifest".

Source: https://docs.slack.dev/reference/app-manifest
"""

import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from channels.slack.courtesies import MAX_PROMPTS, Prompt

EVENTS, ACTIONS = "/slack/events", "/slack/actions"
INSTALL, REDIRECT = "/slack/install", "/slack/oauth_redirect"
_MAX_NAME = 35


def manifest(name: str, *, public_url: str = "", prompts: Sequence[Prompt] = ()) -> dict[str, Any]:
    """The manifest, filled in.

    Args:
        name: of the app and its bot; cut at 35 characters, which Slack takes.
        public_url: where Slack reaches the gateway, as `https://chat.example`; empty means that
            nobody can, so Slack speaks over sockets.
        prompts: offered to who opens the chat; at most four are.
    """
    found = _template()
    base = public_url.rstrip("/")
    found["display_information"]["name"] = name[:_MAX_NAME]
    found["features"]["bot_user"]["display_name"] = name[:_MAX_NAME]
    if prompts:
        found["features"]["agent_view"]["suggested_prompts"] = [
            {"title": one.title, "message": one.message} for one in prompts[:MAX_PROMPTS]
        ]
    settings = found["settings"]
    if base:
        found["oauth_config"]["redirect_urls"] = [base + REDIRECT]
        settings["event_subscriptions"]["request_url"] = base + EVENTS
        settings["interactivity"]["request_url"] = base + ACTIONS
    else:
        del found["oauth_config"]["redirect_urls"]
        settings["socket_mode_enabled"] = True
    return found


def scopes() -> tuple[str, ...]:
    """What the bot must be allowed to do."""
    return tuple(_template()["oauth_config"]["scopes"]["bot"])


def _template() -> dict[str, Any]:
    text = (files(__package__) / "manifest.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found
