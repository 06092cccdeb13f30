"""What stands in the channels of a Slack that is played: messages, threads, open streams."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
STREAM_S = 300.0


class Refusal(Exception):
    """Slack's `"ok": false`."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


@dataclass(slots=True, kw_only=True)
class Shown:
    """One message as it stands there."""

    ts: str
    channel: str
    user: str
    thread_ts: str = ""
    text: str = ""
    markdown: str = ""
    blocks: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    streaming: bool = False
    stopped_by_user: bool = False
    began_at: float = 0.0
    edits: int = 0

    @property
    def words(self) -> str:
        """All that somebody reads in it."""
        said = [self.markdown]
        for block in self.blocks:
            said += [block["text"]] if block["type"] == "markdown" else []
            said += [block["text"]["text"]] if block["type"] == "section" else []
        return "".join(said)

    @property
    def buttons(self) -> list[str]:
        found = [one for block in self.blocks for one in block.get("elements", ())]
        return [one["action_id"] for one in found if "action_id" in one]

    def told(self, *, metadata: bool) -> Json:
        """As `conversations.replies` tells it."""
        told: Json = {"type": "message", "ts": self.ts, "user": self.user, "text": self.text}
        told |= {"thread_ts": self.thread_ts} if self.thread_ts else {}
        told |= {"blocks": self.blocks} if self.blocks else {}
        told |= {"metadata": self.metadata} if metadata and self.metadata else {}
        return told


class State:
    """The channels of one workspace."""

    def __init__(self, bot: str, clock: Callable[[], float]) -> None:
        self.bot = bot
        self.clock = clock
        self.channels: dict[str, list[Shown]] = {}
        self.statuses: list[tuple[str, str]] = []
        self.hidden: set[str] = set()
        """What `conversations.replies` does not show yet."""
        self.url = ""
        self.uploads: dict[str, list[Any]] = {}
        """Name and bytes of what was announced."""
        self.files: list[tuple[str, str, str, bytes]] = []
        """Channel, thread, name and bytes of what was posted."""
        self._ts = 0
        self._from = int(time.time())

    def said(self, channel: str, ts: str, user: str, thread_ts: str = "") -> None:
        """A customer's message."""
        message = Shown(ts=ts, channel=channel, user=user, thread_ts=thread_ts)
        self.channels.setdefault(channel, []).append(message)

    def upload_url(self, body: Json) -> Json:
        file = f"F{len(self.uploads)}"
        self.uploads[file] = [body["filename"], b"", int(body["length"])]
        return {"file_id": file, "upload_url": f"{self.url}/upload/{file}"}

    def complete_upload(self, body: Json) -> Json:
        for one in body["files"]:
            name, data, length = self.uploads[one["id"]]
            if len(data) != length:
                raise Refusal("file_not_found")
            self.files.append((body["channel_id"], body["thread_ts"], name, data))
        return {"files": body["files"]}

    def in_thread(self, channel: str, root: str) -> list[Shown]:
        """What the bot has said there."""
        return [m for m in self.channels.get(channel, []) if m.thread_ts == root]

    # --- methods ------------------------------------------------------------------------

    def post(self, body: Mapping[str, Any]) -> Json:
        message = self._new(body)
        self._write(message, body)
        return {"channel": message.channel, "ts": message.ts}

    def update(self, body: Mapping[str, Any]) -> Json:
        message = self._own(body)
        self._age(message)
        if message.streaming:
            raise Refusal("streaming_state_conflict")
        message.markdown, message.blocks = "", []
        message.edits += 1
        self._write(message, body)
        return {"channel": message.channel, "ts": message.ts, "text": message.text}

    def delete(self, body: Mapping[str, Any]) -> Json:
        message = self._own(body)
        self.channels[message.channel].remove(message)
        return {"ts": message.ts}

    def start(self, body: Mapping[str, Any]) -> Json:
        if not body.get("thread_ts"):
            raise Refusal("invalid_thread_ts")
        if not str(body["channel"]).startswith("D"):
            for name in ("recipient_team_id", "recipient_user_id"):
                if not body.get(name):
                    raise Refusal(f"missing_{name}")
        message = self._new(body)
        message.streaming, message.began_at = True, self.clock()
        self._append(message, body)
        return {"channel": message.channel, "ts": message.ts}

    def append(self, body: Mapping[str, Any]) -> Json:
        message = self._streaming(body)
        self._append(message, body)
        return {"channel": message.channel, "ts": message.ts}

    def stop(self, body: Mapping[str, Any]) -> Json:
        message = self._streaming(body)
        self._append(message, body)
        message.streaming = False
        message.blocks = list(body.get("blocks") or [])
        message.metadata = body.get("metadata") or message.metadata
        return {"channel": message.channel, "ts": message.ts}

    def replies(self, body: Mapping[str, Any]) -> Json:
        root, oldest = body["ts"], float(body.get("oldest") or 0)
        shown = [
            m
            for m in self.channels.get(str(body["channel"]), [])
            if m.ts not in self.hidden
            and (m.ts == root or (m.thread_ts == root and float(m.ts) > oldest))
        ]
        start, limit = int(body.get("cursor") or 0), int(body.get("limit") or 1000)
        page = shown[start : start + limit]
        following = str(start + limit) if len(shown) > start + limit else ""
        told = str(body.get("include_all_metadata")).lower() == "true"
        return {
            "messages": [m.told(metadata=told) for m in page],
            "has_more": bool(following),
            "response_metadata": {"next_cursor": following},
        }

    def status(self, body: Mapping[str, Any]) -> Json:
        self.statuses.append((str(body["thread_ts"]), str(body["status"])))
        return {}

    # --- their parts --------------------------------------------------------------------

    def _new(self, body: Mapping[str, Any]) -> Shown:
        channel = str(body.get("channel"))
        if channel not in self.channels:
            raise Refusal("channel_not_found")
        self._ts += 1
        message = Shown(
            ts=f"{self._from + self._ts}.{self._ts:06d}",
            channel=channel,
            user=self.bot,
            thread_ts=str(body.get("thread_ts") or ""),
        )
        self.channels[channel].append(message)
        return message

    def _own(self, body: Mapping[str, Any]) -> Shown:
        for message in self.channels.get(str(body.get("channel")), []):
            if message.ts == body.get("ts"):
                if message.user != self.bot:
                    raise Refusal("cant_update_message")
                return message
        raise Refusal("message_not_found")

    def _streaming(self, body: Mapping[str, Any]) -> Shown:
        message = self._own(body)
        self._age(message)
        if message.stopped_by_user:
            raise Refusal("stopped_by_user")
        if not message.streaming:
            raise Refusal("message_not_in_streaming_state")
        return message

    def _age(self, message: Shown) -> None:
        """Slack closes a stream some five minutes after its start."""
        if message.streaming and self.clock() - message.began_at >= STREAM_S:
            message.streaming = False

    def _append(self, message: Shown, body: Mapping[str, Any]) -> None:
        words = str(body.get("markdown_text") or "")
        for chunk in body.get("chunks") or ():
            if chunk.get("type") not in ("markdown_text", "task_update", "plan_update", "blocks"):
                raise Refusal("invalid_chunks")
            words += str(chunk.get("text", "")) if chunk["type"] == "markdown_text" else ""
        if len(words) > 12_000:
            raise Refusal("msg_too_long")
        message.markdown += words

    def _write(self, message: Shown, body: Mapping[str, Any]) -> None:
        if body.get("markdown_text") and (body.get("text") or body.get("blocks")):
            raise Refusal("markdown_text_conflict")
        blocks = list(body.get("blocks") or [])
        if len(blocks) > 50:
            raise Refusal("invalid_blocks")
        message.markdown = str(body.get("markdown_text") or "")
        message.text = str(body.get("text") or "")
        message.blocks = blocks
        message.metadata = body.get("metadata") or message.metadata
        if not (message.markdown or message.text or blocks):
            raise Refusal("no_text")
