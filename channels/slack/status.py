"""The line below a thread that says what the bot is at.

Source: https://docs.slack.dev/reference/methods/assistant.threads.setStatus
"""

from channels.slack.blocks import word
from channels.slack.calls import Calls
from channels.slack.threads import Thread
from core.domain.errors import DeliveryRefused, RetryableError
from core.domain.ids import ConversationId
from core.ports import Clock

REFRESH_S = 75.0
"""Slack takes it away after two minutes."""
_SILENT_S = 600.0
"""How long a workspace that refuses it is not asked again."""
_MOST = 10_000


class StatusLine:
    """Shown while the bot is at it, refreshed, and taken away again."""

    def __init__(self, calls: Calls, clock: Clock) -> None:
        self._calls = calls
        self._clock = clock
        self._shown_at: dict[ConversationId, float] = {}
        self._silent_until: dict[str, float] = {}

    async def show(self, thread: Thread) -> None:
        """Show it if that is not so."""
        now, name = self._clock.monotonic(), thread.account.name
        due = self._shown_at.get(thread.place.conversation, float("-inf")) + REFRESH_S
        if now < max(due, self._silent_until.get(name, due)):
            return
        call = thread.status(word("busy", thread.place.language))
        if not self._calls.may(thread.account, call):
            return
        if len(self._shown_at) >= _MOST:
            self._shown_at.clear()  # Slack takes them away
        # noted first: an answer that did not come may have done it
        self._shown_at[thread.place.conversation] = now
        try:
            await self._calls.at_once(thread.account, call)
        except DeliveryRefused:
            self._silent_until[name] = now + _SILENT_S
            del self._shown_at[thread.place.conversation]
        except RetryableError:
            return

    async def clear(self, thread: Thread) -> None:
        """Take it away, if we showed it."""
        if self._shown_at.pop(thread.place.conversation, None) is None:
            return
        try:
            await self._calls.make(thread.account, thread.status(""))
        except (RetryableError, DeliveryRefused):
            return  # Slack does it after two minutes
