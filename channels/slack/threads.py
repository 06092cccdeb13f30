"""One thread of Slack, and all that is asked of Slack about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from channels.accounts import Account
from channels.pacing import Priority
from channels.places import Place
from channels.slack.calls import Call, Calls
from core.domain.errors import DeliveryRefused, DeliveryUnknown
from core.domain.ids import ConversationId, TurnId

Json = Mapping[str, Any]
ANSWER, PART = "bot_answer", "bot_part"
"""Kinds of metadata: of a segment of a stored message, and of what shows one before it is."""


def answer_mark(conversation: ConversationId, seq: int, segment: int) -> Json:
    """Metadata by which a segment is found again; any app in the channel can read it."""
    return _mark(ANSWER, f"{conversation}:{seq}:{segment}")


def part_mark(turn: TurnId) -> Json:
    """Metadata of a message in which a turn's answer grows."""
    return _mark(PART, str(turn))


def _mark(kind: str, message: str) -> Json:
    return {"event_type": kind, "event_payload": {"message": message}}


@dataclass(frozen=True, slots=True)
class Thread:
    """Where one conversation is, and through whom."""

    calls: Calls
    account: Account
    place: Place

    def __post_init__(self) -> None:
        """Refuse a place where nothing can be said.

        Raises:
            DeliveryRefused: it is a channel without a thread, or something else.
        """
        if len(self.place.parts) != 2:  # noqa: PLR2004 - a channel, and a thread in it
            raise DeliveryRefused("the conversation is in no thread")

    @property
    def channel(self) -> str:
        return self.place.parts[0]

    @property
    def root(self) -> str:
        """The message under which all of it stands."""
        return self.place.parts[1]

    @property
    def is_external(self) -> bool:
        """Whether somebody of another company reads it."""
        return self.place.route.get("external") == "yes"

    # --- whole messages -----------------------------------------------------------------

    async def post(self, body: Json) -> str:
        """Say something new; its `ts`."""
        call = self.call("chat.postMessage", {"thread_ts": self.root, **_QUIET, **body})
        return _stamp(await self.calls.make(self.account, call))

    async def update(self, ts: str, body: Json) -> None:
        """Say something else in the place of a message."""
        await self.calls.make(self.account, self.call("chat.update", {"ts": ts, **body}))

    async def delete(self, ts: str) -> None:
        """Take a message away."""
        await self.calls.make(self.account, self.call("chat.delete", {"ts": ts}))

    async def replies(self, oldest: str) -> Sequence[Json]:
        """The messages of the thread since then, with their metadata, oldest first."""
        found: list[Json] = []
        body = {"ts": self.root, "oldest": oldest, "include_all_metadata": "true", "limit": 200}
        for _ in range(_PAGES):
            call = self.call("conversations.replies", body)
            answer = await self.calls.make(self.account, call)
            messages = answer.get("messages")
            found += messages if isinstance(messages, list) else []
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
            body = {**body, "cursor": cursor}
        return [one for one in found if isinstance(one, dict)]

    # --- messages that grow -------------------------------------------------------------

    def starting(self, text: str) -> Call:
        """Begin a stream; whose it is must be said in channels."""
        route = self.place.route
        body = {
            "thread_ts": self.root,
            "markdown_text": text,
            "recipient_user_id": route.get("user", ""),
            "recipient_team_id": route.get("team", ""),
        }
        known = {name: value for name, value in body.items() if value}
        return self.call("chat.startStream", known, Priority.FIRST_WORDS)

    def appending(self, ts: str, text: str) -> Call:
        """Go on with it."""
        body = {"ts": ts, "markdown_text": text}
        return self.call("chat.appendStream", body, Priority.DELTA)

    def drafting(self, text: str, mark: Json) -> Call:
        """Begin a message that is edited, where there are no streams."""
        body = {"thread_ts": self.root, "markdown_text": text, "metadata": mark, **_QUIET}
        return self.call("chat.postMessage", body, Priority.FIRST_WORDS)

    def redrafting(self, ts: str, text: str) -> Call:
        """Write it anew."""
        return self.call("chat.update", {"ts": ts, "markdown_text": text}, Priority.DELTA)

    async def stop(self, ts: str, body: Json) -> None:
        """End a stream with these last words, blocks and metadata."""
        await self.calls.make(self.account, self.call("chat.stopStream", {"ts": ts, **body}))

    def status(self, words: str) -> Call:
        """Say below the thread what the bot is at; nothing takes it away."""
        body = {"channel_id": self.channel, "thread_ts": self.root, "status": words}
        return Call(method="assistant.threads.setStatus", body=body, priority=Priority.FIRST_WORDS)

    async def now(self, call: Call) -> str | None:
        """Make a call that need not be made: the `ts` in its answer; None when it is too early."""
        if not self.calls.may(self.account, call):
            return None
        answer = await self.calls.at_once(self.account, call)
        return str(answer.get("ts", ""))

    def call(self, method: str, body: Json, priority: Priority = Priority.FINAL) -> Call:
        """A call about this channel."""
        return Call(method=method, body={"channel": self.channel, **body}, priority=priority)


_QUIET: Json = {"unfurl_links": False, "unfurl_media": False}
_PAGES = 10


def _stamp(answer: Json) -> str:
    ts = answer.get("ts")
    if not isinstance(ts, str):
        raise DeliveryUnknown("Slack's answer names no message")
    return ts
