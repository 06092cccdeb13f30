"""When things were said, accepted and answered, on one clock; what a fault costs customers."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.chaos.history import Talk


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How customers talk."""

    think_s: float
    """Between bursts, on average."""
    hangs_up: float = 0.03
    """The share of bursts after which the line breaks."""
    repeats: float = 0.1
    """The share of events that a platform delivers twice."""


@dataclass(slots=True)
class Heard:
    """One conversation, as its customer lived through it; seconds of one monotonic clock."""

    said_at: dict[str, float] = field(default_factory=dict)
    """First sending of each client id."""
    accepted_at: dict[int, float] = field(default_factory=dict)
    waited_s: dict[int, float] = field(default_factory=dict)
    """From the first sending until it was accepted, by seq."""
    shown_at: dict[int, float] = field(default_factory=dict)
    """First time each message was shown, by seq; as long as the customer was there."""
    stored_at: dict[int, float] = field(default_factory=dict)
    """Read from the database at the end, for what was said when the customer had gone."""
    typing_at: list[float] = field(default_factory=list)

    def says(self, client_id: str) -> None:
        """It is on its way, for the first time or again."""
        self.said_at.setdefault(client_id, time.monotonic())

    def accepted(self, client_id: str, seq: int) -> None:
        """The service has it."""
        now = time.monotonic()
        self.accepted_at.setdefault(seq, now)
        self.waited_s.setdefault(seq, now - self.said_at[client_id])

    def shown(self, seq: int, at: float | None = None) -> None:
        """The customer sees it."""
        self.shown_at.setdefault(seq, time.monotonic() if at is None else at)

    def typing(self) -> None:
        """Somebody seems to write."""
        self.typing_at.append(time.monotonic())


@dataclass(frozen=True, slots=True)
class Answered:
    """One message that got an answer: when it was accepted, and when the answer was shown."""

    accepted_at: float
    shown_at: float


def answers(talk: Talk, heard: Heard) -> Iterable[Answered]:
    """Of all messages whose turn said something that the customer was shown."""
    said_by = {m.turn: m.seq for m in talk.transcript if m.turn is not None}
    for turn in talk.turns:
        said = said_by.get(turn.id, 0)
        shown_at = heard.shown_at.get(said, heard.stored_at.get(said))
        for seq in turn.covers:
            if shown_at is not None and seq in heard.accepted_at:
                yield Answered(heard.accepted_at[seq], shown_at)


def waits(lived: Iterable[tuple[Talk, Heard]]) -> dict[str, object]:
    """How long customers waited, in seconds: until a message was accepted, until its answer."""
    pairs = list(lived)
    accepted = [s for _, heard in pairs for s in heard.waited_s.values()]
    answered = [a.shown_at - a.accepted_at for pair in pairs for a in answers(*pair)]
    return {"accepted_after_s": spread(accepted), "answered_after_s": spread(answered)}


def spread(values: list[float]) -> dict[str, float]:
    """The middle, the tail and the worst."""
    if not values:
        return {}
    ordered = sorted(values)
    at = {"p50": 0.5, "p99": 0.99, "max": 1.0}
    last = len(ordered) - 1
    return {name: round(ordered[round(share * last)], 2) for name, share in at.items()}
