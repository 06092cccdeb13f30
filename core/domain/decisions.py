"""What a turn does."""

from dataclasses import dataclass

from core.domain.actions import ToolCall
from core.domain.answers import Draft


@dataclass(frozen=True, slots=True)
class Reply:
    """Answer the customer."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class AskBack:
    """Ask the customer for what is missing."""

    text: str
    call: ToolCall | None = None
    """What is done if the customer says yes, or once they have said what it still lacks."""


@dataclass(frozen=True, slots=True)
class Decline:
    """Say that the answer is not known, and offer a person."""

    text: str


@dataclass(frozen=True, slots=True)
class HandOff:
    """Queue the conversation for a person, and say so in the same transaction."""

    reason: str
    text: str
    team: str = ""
    """Which people; empty is whoever is there."""
    priority: int = 0
    """Who has more is served before who waits as long."""
    skills: tuple[str, ...] = ()
    """That whoever takes it should have."""


@dataclass(frozen=True, slots=True)
class PassToAgent:
    """A person owns the conversation: keep the message for them, say nothing."""


@dataclass(frozen=True, slots=True)
class StaySilent:
    """Nothing needs to be said."""

    reason: str


Decision = Reply | AskBack | Decline | HandOff | PassToAgent | StaySilent
