"""What a channel does with an answer while it is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from channels.places import Place
from core.domain.ids import ConversationId, TenantId, TurnId


class Shows(Protocol):
    """Shows an answer while it grows; what is shown may be lost, the stored message may not.

    Calls for one conversation come one after the other, and never beside `Delivers.deliver` for
    it. None raises what a platform does: that is the channel's to note and to stop at. Each ends
    within 20 seconds.
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
    native_ids: tuple[str, ...] = ()
    """In order; the last of them is the one that grows."""
    unknown: bool = False
    """Whether one more may stand there: it was begun, and no id was noted."""


class Streams(Protocol):
    """Which native messages show which turn: a restart finishes them instead of posting anew."""

    async def begin(self, tenant: TenantId, conversation: ConversationId, turn: TurnId) -> None:
        """Note, before a native message is begun, that one will be."""
        ...

    async def note(self, tenant: TenantId, turn: TurnId, native_ids: Sequence[str]) -> None:
        """Note what stands there now."""
        ...

    async def of(self, tenant: TenantId, turn: TurnId) -> Stream | None:
        """What was begun for the turn; None when nothing was."""
        ...

    async def end(self, tenant: TenantId, turn: TurnId) -> None:
        """Nothing is open any more."""
        ...
