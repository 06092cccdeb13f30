"""What the fake Telegram does wrong on purpose, and the limits it holds callers to."""

import math
from collections import defaultdict, deque
from dataclasses import dataclass
from enum import Enum, auto

from tests.fakes.telegram_state import JSON, BotState, Refusal, given


class How(Enum):
    """What becomes of a call."""

    SLOW_DOWN = auto()
    """Not done; 429 with `retry_after`."""
    BROKEN = auto()
    """Not done; 500."""
    REFUSED = auto()
    """Not done; 400 in the words of `why`."""
    CUT_BEFORE = auto()
    """Not done; the connection is reset."""
    SILENT = auto()
    """Done, and never answered."""
    CUT = auto()
    """Done; the connection is reset instead of an answer."""


@dataclass
class Fault:
    """Calls of a method that go wrong, in every chat or in one, so many times."""

    method: str
    how: How
    chat: int | None = None
    times: int = 1
    retry_after: int = 1
    why: str = ""

    def meets(self, method: str, parameters: JSON) -> bool:
        return (
            self.times > 0
            and self.method.lower() == method
            and self.chat in {None, given(parameters, "chat_id")}
        )


class Windows:
    """How many messages may be sent in how long; edits count.

    https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
    """

    COUNTED = frozenset({"sendmessage", "editmessagetext"})

    def __init__(self) -> None:
        self._sent: dict[object, deque[float]] = defaultdict(deque)

    def check(self, bot: BotState, method: str, parameters: JSON) -> None:
        if method not in self.COUNTED:
            return
        chat = int(given(parameters, "chat_id"))
        kept = [("whole", 30, 1.0), (chat, 20, 60.0) if chat < 0 else (chat, 13, 10.0)]
        now = bot.now()
        for key, most, within_s in kept:
            sent = self._sent[bot.token, key]
            while sent and now - sent[0] >= within_s:
                sent.popleft()
            if len(sent) >= most:
                wait = math.ceil(within_s - (now - sent[0]))
                raise Refusal(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        for key, _, _ in kept:
            self._sent[bot.token, key].append(now)
