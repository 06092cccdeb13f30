"""What people do in chats with a bot of the fake Telegram."""

import re
from typing import Any

from tests.fakes.telegram_state import JSON, BotState

NOON = 1780315200


def user(number: int, language: str = "en") -> JSON:
    return {"id": number, "is_bot": False, "first_name": "Ann", "language_code": language}


class Customer:
    """One person, who talks to one bot."""

    def __init__(self, bot: BotState, number: int = 7, language: str = "en") -> None:
        self.bot = bot
        self.json = user(number, language)
        self.number = number

    def says(self, text: str, chat: int | None = None, **more: Any) -> JSON:
        """The update of a message; what was said stands in the chat."""
        message = self.message(chat, text=text, **more)
        return self.bot.happens("message", message)

    def sends(self, chat: int | None = None, **more: Any) -> JSON:
        return self.bot.happens("message", self.message(chat, **more))

    def message(self, chat: int | None = None, **more: Any) -> JSON:
        state = self.bot.chat(chat or self.number)
        number = self.bot.next_message()
        message = {
            "message_id": number,
            "date": NOON + number,
            "chat": state.json,
            "from": self.json,
            **more,
        }
        message.setdefault("entities", entities(message.get("text", "")))
        state.messages[number] = message
        return message

    def edits(self, said: JSON, text: str) -> JSON:
        before = said["message"]
        after = {**before, "text": text, "edit_date": before["date"] + 60}
        self.bot.chat(before["chat"]["id"]).messages[before["message_id"]] = after
        return self.bot.happens("edited_message", after)

    def presses(self, message: JSON, label: str) -> JSON:
        """Press the button with this label, or with these words in its data."""
        buttons = [one for row in message["reply_markup"]["inline_keyboard"] for one in row]
        pressed = next(one for one in buttons if label in {one["text"], one["callback_data"]})
        number = f"{self.bot.id}{len(self.bot.callbacks)}"
        self.bot.callbacks[number] = self.bot.now()
        return self.bot.happens(
            "callback_query",
            {
                "id": number,
                "from": self.json,
                "chat_instance": "1",
                "message": message,
                "data": pressed["callback_data"],
            },
        )

    def reacts(self, message: JSON, emoji: str) -> JSON:
        return self.bot.happens(
            "message_reaction",
            {
                "chat": message["chat"],
                "message_id": message["message_id"],
                "user": self.json,
                "date": NOON,
                "old_reaction": [],
                "new_reaction": [{"type": "emoji", "emoji": emoji}],
            },
        )

    def blocks(self) -> JSON:
        self.bot.chat(self.number).blocked = "bot was blocked by the user"
        return self._member("kicked")

    def unblocks(self) -> JSON:
        self.bot.chat(self.number).blocked = ""
        return self._member("member")

    def _member(self, status: str) -> JSON:
        banned = {"until_date": 0} if status == "kicked" else {}
        return self.bot.happens(
            "my_chat_member",
            {
                "chat": self.bot.chat(self.number).json,
                "from": self.json,
                "date": NOON,
                "old_chat_member": {"user": self.bot.me, "status": "left"},
                "new_chat_member": {"user": self.bot.me, "status": status, **banned},
            },
        )

    def moves(self, chat: int, to: int) -> JSON:
        """A group becomes a supergroup; what is sent to the old one is refused."""
        message = self.message(chat, migrate_to_chat_id=to, entities=[])
        self.bot.chat(chat).moved_to = to
        return self.bot.happens("message", message)


def entities(text: str) -> list[JSON]:
    """Commands, and names behind an at sign."""
    return [
        {
            "type": "bot_command" if found[0].startswith("/") else "mention",
            "offset": units(text[: found.start()]),
            "length": units(found[0]),
        }
        for found in re.finditer(r"(?<!\S)(/\w+(@\w+)?|@\w+)", text)
    ]


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
