"""Keeps turns away from a target that fails, and finds out when it is well again.

A state machine over moments that it is told; it reads no clock and no chance.
"""

from collections import deque
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """When a breaker opens, and for how long; seconds."""

    window_s: float = 30
    least_samples: int = 5
    failing_share: float = 0.5
    open_s: float = 10
    longest_open_s: float = 60


class State(StrEnum):
    """What a breaker lets through: everything, nothing, or one probe."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class Breaker:
    """One target's. Whoever is admitted enters, and says how it ended with what `enter` gave.

    What calls say that began before the breaker last changed its state is not heard: they knew
    another server than the one that is there now.
    """

    def __init__(self, thresholds: Thresholds | None = None) -> None:
        self._thresholds = thresholds or Thresholds()
        self._samples: deque[tuple[float, bool]] = deque()
        self._opened_until: float | None = None
        self._open_s = self._thresholds.open_s
        self._probing = False
        self._period = 0

    def state(self, now: float) -> State:
        """What it lets through at this moment."""
        if self._opened_until is None:
            return State.CLOSED
        return State.OPEN if now < self._opened_until else State.HALF_OPEN

    def admits(self, now: float) -> bool:
        """Whether a call may be made now."""
        match self.state(now):
            case State.CLOSED:
                return True
            case State.OPEN:
                return False
            case State.HALF_OPEN:
                return not self._probing

    def enter(self, now: float) -> int:
        """A call begins; while half open it is the probe."""
        if self.state(now) is State.HALF_OPEN:
            self._period += 1
            self._probing = True
        return self._period

    def succeeded(self, entered: int, now: float) -> None:
        """A call ended well."""
        if entered != self._period:
            return
        if self._opened_until is None:
            self._note(now, failed=False)
        else:
            self._close()

    def failed(self, entered: int, now: float) -> None:
        """A call failed by the target's fault."""
        if entered != self._period:
            return
        if self._opened_until is not None:
            self._open_s = min(2 * self._open_s, self._thresholds.longest_open_s)
            self._open(now + self._open_s)
            return
        self._note(now, failed=True)
        if self._is_failing():
            self._open(now + self._open_s)

    def left(self, entered: int) -> None:
        """A call ended without saying anything of the target: another one may probe."""
        if entered == self._period:
            self._probing = False

    def open_until(self, moment: float) -> None:
        """Stay open until then, whatever the samples say."""
        self._open(max(moment, self._opened_until or moment))

    def _note(self, now: float, *, failed: bool) -> None:
        self._samples.append((now, failed))
        while self._samples[0][0] <= now - self._thresholds.window_s:
            self._samples.popleft()

    def _is_failing(self) -> bool:
        failures = sum(failed for _, failed in self._samples)
        enough = len(self._samples) >= self._thresholds.least_samples
        return enough and failures >= self._thresholds.failing_share * len(self._samples)

    def _open(self, until: float) -> None:
        self._opened_until = until
        self._period += 1
        self._probing = False
        self._samples.clear()

    def _close(self) -> None:
        self._opened_until = None
        self._period += 1
        self._probing = False
        self._samples.clear()
        self._open_s = self._thresholds.open_s
