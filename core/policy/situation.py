"""What the rules of a policy look at."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.domain.understanding import UNJUDGED, Judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """One turn, as far as a policy weighs it."""

    text: str
    """What the customer wrote, all that waits for an answer."""
    intent: Judged
    language: str = ""
    """BCP 47 primary tag; empty when not known."""
    emotion: Judged = UNJUDGED
    frustration: float = 0.0
    """Of the conversation so far, this message included, 0 to 1."""
    confidence: float | None = None
    """In the passages that were found; None before, and where none are looked for."""
    repeats: int = 0
    """How many of the customer's earlier messages ask the same."""
    unknowns: int = 0
    """Turns in a row, up to and with this one, in which the bot did not know the answer."""
    offers: int = 0
    """Of the bot's latest messages, how many offered a person and got no yes."""
    open: bool = True
    """Whether people are there, by the policy's hours."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """What is known of the customer, for instance `plan`."""
    answer: str = ""
    """What the bot would say; empty before it is written."""
