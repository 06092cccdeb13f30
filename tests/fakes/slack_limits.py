"""Slack's allowances as their pages say them: so many in any minute, one post a second."""

from collections import defaultdict, deque
from collections.abc import Callable

_PER_MINUTE = {
    "chat.startStream": 20,
    "chat.stopStream": 20,
    "chat.update": 50,
    "chat.delete": 50,
    "conversations.replies": 50,
    "chat.appendStream": 100,
}
_BURST = 2
"""Bursts are tolerated: twice of what is allowed in any minute."""


class SlackLimits:
    """Counts calls in a sliding minute, and posts in a sliding second."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._calls: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)

    def wait(self, method: str, channel: str) -> float:
        """0 when the call is allowed, else the seconds until one will be."""
        if method == "chat.postMessage":
            return self._counted((method, channel), most=1, seconds=1)
        most = _PER_MINUTE.get(method)
        return self._counted((method, ""), most=most * _BURST, seconds=60) if most else 0

    def _counted(self, key: tuple[str, str], *, most: int, seconds: float) -> float:
        calls, now = self._calls[key], self._clock()
        while calls and now - calls[0] >= seconds:
            calls.popleft()
        if len(calls) >= most:
            return seconds - (now - calls[0])
        calls.append(now)
        return 0
