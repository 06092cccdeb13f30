"""What clients sent and saw, and what the service stored: the facts a verdict is made of."""

from collections import Counter
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
class Posted:
    """The platform of a pushed channel shows this; `seq` is the message it was sent for."""

    seq: int
    text: str


@dataclass(frozen=True, slots=True)
class Turn:
    """The service stored this turn."""

    id: str
    covers: tuple[int, ...]
    said: int
    """How many messages it says it sent."""
    epoch: int
    sent: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """An agent had the conversation: everything behind `after`, up to `until`."""

    after: int
    until: int


@dataclass(slots=True)
class Talk:
    """One conversation's history."""

    conversation: str
    pushed: bool = False
    """Whether its channel is sent to; else its customer reads the transcript."""
    said: list[Said] = field(default_factory=list)
    """In the order of the client's sending."""
    shown: list[Shown] = field(default_factory=list)
    """Every frame, as it came, over all connections; of a channel that is read."""
    posted: list[Posted] = field(default_factory=list)
    """What the platform shows, in its order; of a channel that is sent to."""
    unknown: Counter[int] = field(default_factory=Counter)
    """Sendings of a message that the ledger counted as perhaps arrived, by seq."""
    transcript: list[Shown] = field(default_factory=list)
    """Read afresh at the end."""
    turns: list[Turn] = field(default_factory=list)
    """Read from the database at the end."""
    taken: list[Taken] = field(default_factory=list)
    """When agents had it."""
