"""Shows an answer while it is written, as long as the conversation is as the turn found it."""

from contextlib import suppress
from dataclasses import dataclass, field

from core.domain.conversation import Conversation
from core.domain.errors import StoreUnavailable
from core.domain.events import Delta
from core.domain.ids import TurnId
from core.policy.masking import Masking
from core.ports import Clock, ConversationStore, Live
from core.turn.burst import Burst

_LOOK_S = 1.0
"""Between two looks while pieces are shown: so long may a bot write on in a conversation that a
person has taken. Each costs one row."""


@dataclass(slots=True, kw_only=True)
class Showing:
    """The pieces of one pass, on their way to whoever looks."""

    conversations: ConversationStore
    live: Live
    clock: Clock
    burst: Burst
    conversation: Conversation
    turn: TurnId
    masking: Masking
    _look_at: float = field(default=float("-inf"), init=False)
    _shown: int = field(default=0, init=False)

    async def __call__(self, piece: str) -> None:
        """Show it.

        Raises:
            Outdated: the conversation has a new owner; or the customer has said more, and nothing
                was shown yet.
        """
        self.burst.wrote(piece)
        if not (seen := self.masking.take(piece)):
            return
        if self.clock.monotonic() >= self._look_at:
            with suppress(StoreUnavailable):  # the turn is held against it again when it is stored
                here = self.conversation
                self.burst.check(await self.conversations.standing(here.tenant, here.id))
            self._look_at = self.clock.monotonic() + _LOOK_S
        self.burst.shown()
        self._tell(seen)

    def end(self) -> None:
        """Show what is held back of an answer that is whole."""
        if rest := self.masking.rest():
            self._tell(rest)

    def _tell(self, piece: str) -> None:
        talk, before = self.conversation.id, self._shown
        self.live.tell(Delta(conversation=talk, turn=self.turn, text=piece, at=before))
        self._shown += len(piece)
