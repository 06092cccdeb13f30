"""What was understood of a customer's words."""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.actions import ANSWER, Action


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


_NO_QUESTIONS = frozenset(Intent) - {Intent.QUESTION}


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """Language, intent and emotion of one turn's words."""

    language: Judged
    intent: Judged
    """One of `Intent`, or an intent of the tenant's own."""
    emotion: Judged = UNJUDGED
    frustration: float = 0.0
    """Of the conversation so far, these words included, 0 to 1."""
    repeats: int = 0
    """How many of the customer's earlier messages ask the same."""
    ranked: tuple[Judged, ...] = ()
    """The tenant's likeliest intents, best first, whether one was taken or not."""
    does: Action = ANSWER
    """What the operator wants done about the intent."""

    @property
    def asks(self) -> bool:
        """Whether more is wanted than a phrase: a question, or an intent of the tenant's own."""
        return self.intent.label not in _NO_QUESTIONS
