"""How long each step of a turn took."""

from collections.abc import Iterator
from contextlib import contextmanager

from core.ports import Clock


class Timings:
    """Wall time by step, in milliseconds."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.ms: dict[str, float] = {}

    @contextmanager
    def of(self, step: str) -> Iterator[None]:
        """Measure what happens inside."""
        start = self._clock.monotonic()
        try:
            yield
        finally:
            self.ms[step] = (self._clock.monotonic() - start) * 1000
