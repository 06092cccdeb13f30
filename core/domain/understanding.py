"""What was understood of a customer's words."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Judged:
    """A label and how sure its judge is."""

    label: str
    confidence: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"a confidence lies between 0 and 1, not at {self.confidence}")


UNJUDGED = Judged("unknown", 0.0)
"""Nobody has judged it."""


class Intent(StrEnum):
    """What a turn is for, as far as the walk treats it differently."""

    QUESTION = "question"
    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    IDENTITY = "identity"
    """Who, or what, is answering?"""
    PERSON = "person"
    """Asks for a person instead of the bot."""
    CANCEL_PERSON = "cancel_person"
    """No longer wants the person that was asked for."""
    ACKNOWLEDGEMENT = "acknowledgement"
    """Heard, nothing asked: `ok`, `great`, a thumb."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """Language, intent and emotion of one turn's words."""

    language: Judged
    intent: Judged
    emotion: Judged = UNJUDGED
