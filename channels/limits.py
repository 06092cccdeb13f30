"""Token buckets: how much one sender may do, decided from given times only."""

from collections import OrderedDict
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So many per second in the long run, so many at once."""

    per_second: float
    burst: int


class Bucket:
    """The allowance of one sender; full at the start."""

    __slots__ = ("_at", "_left", "_rate")

    def __init__(self, rate: Rate, now: float) -> None:
        self._rate = rate
        self._left = float(rate.burst)
        self._at = now

    def take(self, now: float) -> float:
        """Use one.

        Returns:
            0.0 when it was granted, else the seconds until the next one will be.
        """
        self._grow(now)
        if self._left >= 1.0:
            self._left -= 1.0
            return 0.0
        return self.open_in(now)

    def open_in(self, now: float) -> float:
        """Seconds until one could be used; 0.0 when that is now."""
        self._grow(now)
        return max(1.0 - self._left, 0.0) / self._rate.per_second

    def full(self, now: float) -> bool:
        """True when nothing is used up, as in a new one."""
        self._grow(now)
        return self._left >= self._rate.burst

    def _grow(self, now: float) -> None:
        grown = self._left + max(0.0, now - self._at) * self._rate.per_second
        self._left = min(float(self._rate.burst), grown)
        self._at = max(self._at, now)


class Buckets:
    """One bucket per key, for at most so many keys; the one unused for longest is forgotten."""

    def __init__(self, rate: Rate, *, max_keys: int = 10_000) -> None:
        self._rate = rate
        self._max_keys = max_keys
        self._of: OrderedDict[str, Bucket] = OrderedDict()

    def take(self, key: str, now: float) -> float:
        """As `Bucket.take`, for this key."""
        bucket = self._of.get(key)
        if bucket is None:
            bucket = self._of[key] = Bucket(self._rate, now)
            if len(self._of) > self._max_keys:
                self._of.popitem(last=False)
        self._of.move_to_end(key)
        return bucket.take(now)
