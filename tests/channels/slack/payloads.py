"""Requests of Slack as they come, with only what matters to a test said."""

import json
from typing import Any
from urllib.parse import urlencode

from channels.accounts import Account
from core.domain.ids import TenantId
from core.domain.messages import Channel

TEAM, BOT, USER, DM, ROOM = "T0001", "U0BOT", "U0001", "D0001", "C0001"
TS = "1780315200.000100"
TURN = "0198b2f2-7b3c-7d4e-8f5a-6b7c8d9e0f1a"


def an_account(**options: str) -> Account:
    return Account(
        tenant=TenantId("default"),
        channel=Channel.SLACK,
        name="acme",
        native=TEAM,
        secrets={"bot_token": "xoxb-1"},
        options={"team": TEAM, "bot_user": BOT, **options},
    )


def event(**fields: Any) -> dict[str, Any]:
    """A callback; fields of the envelope are named `outer_...`."""
    outer = {k.removeprefix("outer_"): fields.pop(k) for k in list(fields) if k[:6] == "outer_"}
    return {
        "type": "event_callback",
        "team_id": TEAM,
        "api_app_id": "A0001",
        "event_id": "Ev0001",
        "event_time": 1780315200,
        "authorizations": [
            {"enterprise_id": None, "team_id": TEAM, "user_id": BOT, "is_bot": True}
        ],
        "is_ext_shared_channel": False,
        **outer,
        "event": fields,
    }


def said(text: str = "How long is the warranty?", **fields: Any) -> dict[str, Any]:
    """A message in a DM."""
    known: dict[str, Any] = {
        "type": "message",
        "user": USER,
        "text": text,
        "ts": TS,
        "channel": DM,
        "channel_type": "im",
        "team": TEAM,
    }
    return event(**(known | fields))


def in_room(text: str, **fields: Any) -> dict[str, Any]:
    return said(text, **({"channel": ROOM, "channel_type": "channel"} | fields))


def pressed(action: str, value: str, **fields: Any) -> dict[str, Any]:
    """A button under an answer in a DM."""
    kind = "feedback_buttons" if action == "feedback" else "button"
    return {
        "type": "block_actions",
        "team": {"id": TEAM, "domain": "acme"},
        "user": {"id": USER, "team_id": TEAM},
        "channel": {"id": DM, "name": "directmessage"},
        "message": {"ts": "1780315201.000200", "thread_ts": TS, "user": BOT},
        "container": {"type": "message", "message_ts": "1780315201.000200", "channel_id": DM},
        "actions": [
            {"action_id": action, "type": kind, "value": value, "action_ts": "1780315260.123456"}
        ],
        **fields,
    }


def json_of(payload: dict[str, Any]) -> bytes:
    return json.dumps(payload).encode()


def form_of(payload: dict[str, Any]) -> bytes:
    return urlencode({"payload": json.dumps(payload)}).encode()
