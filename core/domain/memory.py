"""What is kept of a conversation when its messages no longer fit into a prompt."""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.messages import Author


class Kind(StrEnum):
    """What a fact is."""

    NUMBER = "number"
    NAME = "name"
    DATE = "date"
    REFERENCE = "reference"
    """An order number, a ticket, an e-mail address: what is looked up by its letters."""
    PROMISE = "promise"
    QUESTION = "question"
    """Asked by the customer, and still open."""
    STATED = "stated"
    """Anything else worth keeping."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing to be remembered, in the words in which it was said."""

    kind: Kind
    text: str
    seq: int
    """The message it comes from."""
    by: Author = Author.CUSTOMER
    """Who said it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """The rolling summary of a conversation, and what is known of its customer."""

    version: int = 0
    """Rises by one with every rewriting; 0 when nothing was summarised yet."""
    upto: int = 0
    """Messages up to this `seq` are in it; those behind it stand in the window."""
    text: str = ""
    """In the customer's language."""
    facts: tuple[Fact, ...] = ()
    """In the order of their messages."""
    customer: tuple[str, ...] = ()
    """Sentences about the customer from earlier conversations, kept with their consent."""


NO_MEMORY = Memory()
