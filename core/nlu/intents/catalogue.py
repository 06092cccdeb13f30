"""The intents of a tenant: what customers say for each, and what is to be done about it."""

import hashlib
import json
from dataclasses import dataclass

from core.domain.actions import (
    ANSWER,
    Action,
    Answer,
    CannedReply,
    HandOffTo,
    OpenTicket,
    UseTool,
)


@dataclass(frozen=True, slots=True)
class IntentDefinition:
    """One intent as the operator wrote it."""

    name: str
    examples: tuple[str, ...]
    action: Action = ANSWER
    languages: tuple[str, ...] = ()
    """Where it holds; empty means everywhere."""

    def holds_in(self, language: str) -> bool:
        """Whether a message in this language may have the intent; an unknown one may."""
        return not language or not self.languages or language in self.languages


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All intents of a tenant, each name once."""

    intents: tuple[IntentDefinition, ...]

    def __post_init__(self) -> None:
        names = [intent.name for intent in self.intents]
        if len(set(names)) < len(names):
            raise ValueError("every intent has a name of its own")

    def labelled(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Every example, and beside it the name of its intent."""
        pairs = [(text, intent.name) for intent in self.intents for text in intent.examples]
        return tuple(text for text, _ in pairs), tuple(name for _, name in pairs)

    def find(self, name: str) -> IntentDefinition | None:
        """The intent of this name; None where the catalogue has none."""
        return next((intent for intent in self.intents if intent.name == name), None)


def digest(texts: tuple[str, ...], labels: tuple[str, ...]) -> str:
    """Changes with every example and every name, and with nothing else; order does not count."""
    pairs = sorted(zip(labels, texts, strict=True))
    return hashlib.sha256(json.dumps(pairs).encode()).hexdigest()


def plain(action: Action) -> object:
    """An action in the form in which intents.toml has it."""
    match action:
        case Answer():
            return "answer"
        case CannedReply(texts):
            return {"reply": texts[""] if set(texts) == {""} else dict(texts)}
        case HandOffTo(team):
            return {"handoff": team}
        case OpenTicket(category):
            return {"ticket": category}
        case UseTool(tool):
            return {"tool": tool}
