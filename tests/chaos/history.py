"""What clients sent and saw, and what the service stored: the facts a verdict is made of."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Said:
    """A client sent this; `accepted` is the seq it was told, None when it was told nothing."""

    client_id: str
    text: str
    accepted: int | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A client was shown this message frame."""

    seq: int
    author: str
    text: str
    turn: str | None


@dataclass(frozen=True, slots=True)
class Turn:
    """The service stored this turn."""

    id: str
    covers: tuple[int, ...]
    said: int
    """How many messages it says it sent."""
    epoch: int
    sent: bool


@dataclass(slots=True)
class Talk:
    """One conversation's history."""

    conversation: str
    said: list[Said] = field(default_factory=list)
    """In the order of the client's sending."""
    shown: list[Shown] = field(default_factory=list)
    """Every frame, as it came, over all connections."""
    transcript: list[Shown] = field(default_factory=list)
    """Read by a fresh client at the end."""
    turns: list[Turn] = field(default_factory=list)
    """Read from the database at the end."""
