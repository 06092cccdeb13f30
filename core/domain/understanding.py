"""What was understood of a customer's words."""

from dataclasses import dataclass


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """Language, intent and emotion of one turn's words."""

    language: Judged
    intent: Judged
    emotion: Judged = UNJUDGED
