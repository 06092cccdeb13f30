"""What a client sends as the history of a chat: the question in it, and the mark of the rest."""

import hashlib
import re
from collections.abc import Sequence

import msgspec

from channels.api.completion_bodies import ChatMessage

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


def text_of(message: ChatMessage) -> str:
    """The message's words."""
    if message.content is None or isinstance(message.content, str):
        return message.content or ""
    return "\n".join(part.text for part in message.content if part.type == "text")


def split(messages: Sequence[ChatMessage]) -> tuple[Sequence[ChatMessage], str] | None:
    """What came before the last user message, and its words; None when there is none."""
    for place in range(len(messages) - 1, -1, -1):
        if messages[place].role == "user":
            return messages[:place], text_of(messages[place])
    return None


def mark(history: Sequence[ChatMessage], user: str) -> bytes | None:
    """The digest of what customer and bot said; None when nothing was said.

    The operator's prompts are left out: they are the client's own and may change.
    """
    said = [(m.role, text_of(m).strip()) for m in history if m.role in {"user", "assistant"}]
    if not said:
        return None
    return hashlib.sha256(msgspec.json.encode([user, said])).digest()


def estimated_tokens(text: str) -> int:
    """About as many as a model's tokenizer would make: a quarter per character, 1.5 per Han."""
    han = len(_HAN.findall(text))
    return round((len(text) - han) / 4 + han * 1.5)
