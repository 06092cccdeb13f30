"""What a ticket would say, before anybody opens it."""

from dataclasses import dataclass
from enum import StrEnum


class Priority(StrEnum):
    """How soon somebody should look at it."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"
    """Somebody's safety, money or account is at stake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketDraft:
    """A conversation as a ticket; everything in it was said there, or judged of it."""

    title: str
    """One line of at most 80 characters."""
    summary: str
    category: str
    """An intent's label, or `other`."""
    priority: Priority
    order_numbers: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    language: str = ""
    """BCP 47 primary tag."""
    emotion: str = ""
    """The customer's last; empty where nobody judged it."""
    steps_tried: tuple[str, ...] = ()
    """Sentences in which the customer says what they did about it."""

    def __post_init__(self) -> None:
        if not self.title or "\n" in self.title or len(self.title) > LONGEST_TITLE:
            raise ValueError("a title is one line of at most 80 characters")


LONGEST_TITLE = 80
OTHER = "other"
