"""The side of a played Slack that agents see: people, whispers, forms, and what they do in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.fakes.slack_state import Json, Refusal, Shown, State

TEAM = "T0001"


@dataclass(frozen=True, slots=True)
class Whisper:
    """What one person reads, and nobody else."""

    to: str
    text: str


@dataclass
class DeskSide:
    """Methods of the Web API, and one agents' channel with threads in it."""

    state: State
    people: dict[str, Json] = field(default_factory=dict)
    whispers: list[Whisper] = field(default_factory=list)
    forms: list[Json] = field(default_factory=list)
    _numbers: Any = field(default_factory=lambda: count(1))

    def add(self, user: str, email: str, **flags: bool) -> None:
        """Somebody in the workspace."""
        self.people[user] = {"id": user, "team_id": TEAM, "profile": {"email": email}, **flags}

    # --- methods ------------------------------------------------------------------------

    @property
    def methods(self) -> Mapping[str, Any]:
        return {
            "chat.postEphemeral": self._whisper,
            "users.info": self._info,
            "views.open": self._view,
            "conversations.history": self._history,
        }

    def _whisper(self, state: State, body: Json) -> Json:
        if body.get("user") not in self.people:
            raise Refusal("user_not_in_channel")
        said = "".join(block["text"]["text"] for block in body["blocks"])
        self.whispers.append(Whisper(str(body["user"]), said))
        return {"message_ts": "1.1"}

    def _info(self, state: State, body: Json) -> Json:
        known = self.people.get(str(body.get("user")))
        if known is None:
            raise Refusal("user_not_found")
        return {"user": known}

    def _view(self, state: State, body: Json) -> Json:
        if not body.get("trigger_id"):
            raise Refusal("expired_trigger_id")
        self.forms.append(body["view"])
        return {"view": {"id": f"V{next(self._numbers)}"}}

    def _history(self, state: State, body: Json) -> Json:
        shown = [one for one in state.channels[str(body["channel"])] if not one.thread_ts]
        told = str(body.get("include_all_metadata")).lower() == "true"
        newest = [one.told(metadata=told) for one in reversed(shown) if one.ts not in state.hidden]
        return {"messages": newest, "has_more": False}

    # --- what stands in a channel ---------------------------------------------------------

    def cards(self, channel: str) -> list[Shown]:
        """Messages that begin threads."""
        return [one for one in self.state.channels[channel] if not one.thread_ts]

    def told(self, user: str) -> list[str]:
        return [one.text for one in self.whispers if one.to == user]

    # --- what agents do -------------------------------------------------------------------

    def writes(self, user: str, text: str, card: Shown, **more: Any) -> Json:
        """Somebody writes in the thread below a card."""
        number = next(self._numbers)
        ts = f"{int(float(card.ts)) + 100 + number}.{number:06d}"
        self.state.said(card.channel, ts, user, card.ts)
        message = _message(user, text, ts, card.ts) | more
        return _event(number, {"type": "message", "channel": card.channel, **message})

    def edits(self, written: Json, text: str) -> Json:
        """The same message with other words."""
        before = _bare(written)
        number = next(self._numbers)
        return _event(
            number,
            {
                "type": "message",
                "subtype": "message_changed",
                "channel": written["event"]["channel"],
                "ts": f"{before['ts'].partition('.')[0]}.9{number:05d}",
                "message": before | {"text": text},
                "previous_message": before,
            },
        )

    def deletes(self, written: Json) -> Json:
        before = _bare(written)
        number = next(self._numbers)
        return _event(
            number,
            {
                "type": "message",
                "subtype": "message_deleted",
                "channel": written["event"]["channel"],
                "ts": f"{before['ts'].partition('.')[0]}.9{number:05d}",
                "deleted_ts": before["ts"],
                "previous_message": before,
            },
        )

    def presses(self, user: str, button: str, shown: Shown) -> Json:
        """Somebody presses a button of a message of ours; it must be there."""
        found = [one for block in shown.blocks for one in block.get("elements", ())]
        action = next(one for one in found if one.get("action_id") == f"desk:{button}")
        number = next(self._numbers)
        message = {"ts": shown.ts, "user": self.state.bot}
        message |= {"thread_ts": shown.thread_ts} if shown.thread_ts else {}
        return {
            "type": "block_actions",
            "team": {"id": TEAM},
            "user": {"id": user, "team_id": TEAM},
            "trigger_id": f"trigger.{number}",
            "channel": {"id": shown.channel},
            "message": message,
            "container": {"message_ts": shown.ts, "channel_id": shown.channel},
            "actions": [
                {
                    "action_id": action["action_id"],
                    "type": "button",
                    "value": action["value"],
                    "action_ts": f"1780400000.{number:06d}",
                }
            ],
        }

    def fills(self, user: str, text: str) -> Json:
        """Somebody fills in the form that was opened last."""
        view = self.forms[-1]
        values = {"note": {"note": {"type": "plain_text_input", "value": text}}}
        return {
            "type": "view_submission",
            "team": {"id": TEAM},
            "user": {"id": user, "team_id": TEAM},
            "view": view | {"id": f"V{len(self.forms)}", "state": {"values": values}},
        }


def _message(user: str, text: str, ts: str, root: str) -> Json:
    return {
        "user": user,
        "text": text,
        "ts": ts,
        "thread_ts": root,
        "team": TEAM,
        "channel_type": "channel",
    }


def _bare(written: Json) -> Json:
    event = written["event"]
    return {name: event[name] for name in ("user", "text", "ts", "thread_ts", "team")}


def _event(number: int, event: Json) -> Json:
    return {
        "type": "event_callback",
        "team_id": TEAM,
        "event_id": f"EvDesk{number:04}",
        "authorizations": [{"team_id": TEAM, "user_id": "U0BOT", "is_bot": True}],
        "is_ext_shared_channel": False,
        "event": event,
    }
