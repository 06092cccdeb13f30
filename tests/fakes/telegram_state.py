"""What the fake of Telegram's servers keeps: bots, their chats, messages and waiting updates."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

JSON = dict[str, Any]
BY_DEFAULT_LEFT_OUT = {"chat_member", "message_reaction", "message_reaction_count"}
DRAFT_S = 30
CALLBACK_S = 150


class Refusal(Exception):
    """An answer that is not ok."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.body = {"ok": False, "error_code": code, "description": description}
        if parameters:
            self.body["parameters"] = parameters
        self.code = code


def bad(what: str, **parameters: int) -> Refusal:
    return Refusal(400, f"Bad Request: {what}", **parameters)


@dataclass
class ChatState:
    """One chat as this bot sees it."""

    id: int
    messages: dict[int, JSON] = field(default_factory=dict)
    drafts: dict[tuple[int, int], tuple[str, float]] = field(default_factory=dict)
    """Text and time of each preview, by thread and number."""
    actions: list[str] = field(default_factory=list)
    blocked: str = ""
    """Why it answers 403."""
    moved_to: int = 0
    is_forum: bool = False
    closed_topics: set[int] = field(default_factory=set)

    @property
    def type(self) -> str:
        if self.id > 0:
            return "private"
        return "supergroup" if self.id <= -1_000_000_000_000 else "group"

    @property
    def json(self) -> JSON:
        named = {"first_name": "Ann"} if self.id > 0 else {"title": "Shop"}
        forum = {"is_forum": True} if self.is_forum else {}
        return {"id": self.id, "type": self.type, **named, **forum}


@dataclass
class BotState:
    """One bot, with all that waits for it."""

    token: str
    username: str
    now: Callable[[], float]
    chats: dict[int, ChatState] = field(default_factory=dict)
    updates: list[JSON] = field(default_factory=list)
    webhook: JSON | None = None
    allowed: list[str] | None = None
    last_error: str = ""
    callbacks: dict[str, float] = field(default_factory=dict)
    """When each press came."""
    signs: list[JSON] = field(default_factory=list)
    """What presses were answered with."""
    news: asyncio.Event = field(default_factory=asyncio.Event)
    poller: int = 0
    update_id: int = 1000
    message_id: int = 0
    on_update: Callable[["BotState", JSON], None] = lambda bot, update: None

    @property
    def id(self) -> int:
        return int(self.token.partition(":")[0])

    @property
    def me(self) -> JSON:
        return {
            "id": self.id,
            "is_bot": True,
            "first_name": "Shop",
            "username": self.username,
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
            "can_connect_to_business": True,
            "has_main_web_app": False,
        }

    def chat(self, number: int) -> ChatState:
        """The chat, which begins with its first mention."""
        return self.chats.setdefault(number, ChatState(number))

    def shown(self, number: int) -> list[str]:
        """What stands in the chat of the bot's, in order."""
        return [
            one["text"]
            for one in self.chat(number).messages.values()
            if one.get("from", {}).get("id") == self.id
        ]

    def last(self, number: int) -> JSON:
        """The bot's last message there."""
        return [
            one
            for one in self.chat(number).messages.values()
            if one.get("from", {}).get("id") == self.id
        ][-1]

    def previews(self, number: int) -> list[str]:
        """The drafts that a customer sees now."""
        drafts = self.chat(number).drafts.values()
        return [text for text, at in drafts if self.now() - at < DRAFT_S]

    def happens(self, kind: str, what: JSON) -> JSON:
        """Something happens that the bot may want to know."""
        self.update_id += 1
        update = {"update_id": self.update_id, kind: what}
        if self.wants(kind):
            self.updates.append(update)
            self.wake()
            self.on_update(self, update)
        return update

    def wake(self) -> None:
        """Let every poll that waits look again."""
        news, self.news = self.news, asyncio.Event()
        news.set()

    def wants(self, kind: str) -> bool:
        if not self.allowed:
            return kind not in BY_DEFAULT_LEFT_OUT
        return kind in self.allowed

    def next_message(self) -> int:
        self.message_id += 1
        return self.message_id


def given(parameters: JSON, name: str, default: Any = None) -> Any:
    """A parameter, whether it came as JSON or as a form's string."""
    value = parameters.get(name, default)
    if isinstance(value, str) and name not in {"text", "url", "secret_token", "callback_query_id"}:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
