"""When things were said, accepted and shown, on one clock; for what a fault costs customers."""

import time
from dataclasses import dataclass, field


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
    """First time each message was shown, by seq."""
    typing_at: list[float] = field(default_factory=list)

    def says(self, client_id: str) -> None:
        self.said_at.setdefault(client_id, time.monotonic())

    def accepted(self, client_id: str, seq: int) -> None:
        now = time.monotonic()
        self.accepted_at.setdefault(seq, now)
        self.waited_s.setdefault(seq, now - self.said_at[client_id])

    def shown(self, seq: int) -> None:
        self.shown_at.setdefault(seq, time.monotonic())

    def typing(self) -> None:
        self.typing_at.append(time.monotonic())
