"""What a channel does with an answer while it is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from channels.places import Place
from core.domain.ids import ConversationId, TenantId, TurnId


class Shows(Protocol):
    """Shows an answer while it grows; what is shown may be lost, the stored message may not.

    Calls for one conversation come one after the other, and never beside `Delivers.deliver` for
    it. What one raises ends the showing of this turn, no more. Each ends within 20 seconds.
    """

    async def busy(self, place: Place) -> None:
        """Show that the bot is at it; called again every few seconds for as long as that holds."""
        ...

    async def show(self, place: Place, turn: TurnId, text: str) -> None:
        """Show the answer so far: Markdown that only grows from call to call.

        It may show less, or nothing: when its allowance is used up, the next call says more.
        """
        ...

    async def idle(self, place: Place, turn: TurnId | None) -> None:
        """The bot is not at it any more: its answer was delivered, or there will be none.

        What `show` began for the turn, and `deliver` did not end, is taken away.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """Native messages that show an answer before it is stored."""

    turn: TurnId
    """Whose answer they showed last."""
    native_ids: tuple[str, ...] = ()
    """In order; the last of them is the one that grows."""
    unknown: bool = False
    """Whether one more may stand there: it was begun, and no id was noted."""


class Streams(Protocol):
    """The open stream of each conversation: a restart goes on with it instead of posting anew.

    A turn that is taken again after a crash has another id; it goes on with what stands there.
    """

    async def begin(self, tenant: TenantId, conversation: ConversationId, turn: TurnId) -> None:
        """Note, before a native message is begun, that one will be; what is noted stays."""
        ...

    async def note(
        self, tenant: TenantId, conversation: ConversationId, native_ids: Sequence[str]
    ) -> None:
        """Note what stands there now; nothing is unknown any more."""
        ...

    async def of(self, tenant: TenantId, conversation: ConversationId) -> Stream | None:
        """The open one; None when there is none."""
        ...

    async def end(self, tenant: TenantId, conversation: ConversationId) -> None:
        """Nothing is open any more: it became a stored message, or was taken away."""
        ...
