"""Who takes care of a customer, as far as it is told to them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ByBot:
    """The bot, and nobody else is awaited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """A person is awaited."""

    position: int | None
    """In the queue, from 1; None while somebody is asked to take it."""
    wait_s: float | None = None
    """How long it usually takes from there; None when nobody knows."""


@dataclass(frozen=True, slots=True)
class ByPerson:
    """Somebody talks with them."""

    name: str
    """As customers read it."""


@dataclass(frozen=True, slots=True)
class Later:
    """Their request is written down, for nobody is there; the bot answers meanwhile."""

    back_at: datetime
    """When people are there again."""


Care = ByBot | Awaited | ByPerson | Later
BY_BOT = ByBot()
