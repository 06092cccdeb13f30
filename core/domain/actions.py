"""What an operator has the bot do about an intent, and what a tool is asked to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias


def in_language(texts: Mapping[str, str], language: str) -> str:
    """Of texts by language: its own, else the one under "", else the English one, else any."""
    first = next(iter(texts.values()), "")
    return texts.get(language) or texts.get("") or texts.get("en", first)


@dataclass(frozen=True, slots=True)
class Answer:
    """The documents are searched, as for any question."""


@dataclass(frozen=True, slots=True)
class CannedReply:
    """A sentence of the operator's own is said."""

    texts: Mapping[str, str]
    """By language; the one under "" is for every language that has none of its own."""

    def in_language(self, language: str) -> str:
        """The sentence for this language."""
        return in_language(self.texts, language)


@dataclass(frozen=True, slots=True)
class HandOffTo:
    """A person of this team takes over."""

    team: str


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """Work is noted for people who are not in the chat."""

    category: str


@dataclass(frozen=True, slots=True)
class UseTool:
    """One of the configured tools is called."""

    tool: str


ANSWER = Answer()
Action: TypeAlias = Answer | CannedReply | HandOffTo | OpenTicket | UseTool


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """A configured tool with what it is given."""

    tool: str
    arguments: Mapping[str, object]
    """As the tool's JSON Schema wants them."""
