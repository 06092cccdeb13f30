"""What remembering needs from outside, as Protocols."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.domain.conversation import Conversation, TurnContext
from core.domain.ids import ConversationId, TenantId
from core.domain.memory import Memory
from core.domain.messages import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A talk that is over, whose last summary is due."""

    tenant: TenantId
    conversation: ConversationId
    behind: int
    """What belongs to earlier talks: messages up to this `seq`."""
    upto: int
    """Its last message."""

    @property
    def key(self) -> str:
        """The key of the job that it is; gone when it is done, or forgotten."""
        return f"{self.conversation}/{self.upto}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a summary is written from."""

    conversation: Conversation
    memory: Memory
    """As it is, without what was taken back since."""
    messages: tuple[Message, ...]
    """Behind the memory, oldest first, without what waits for its turn."""
    changed: tuple[Message, ...]
    """Those that the memory has in other words than they have now; empty where taken back."""
    behind: int
    """Messages up to this `seq` belong to talks that are over."""
    marks: str
    """Of all changes, as they were when this was read."""
    ended: Ended | None = None
    """The talk that it is of, where that is over; None is the conversation's present one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A memory that was written from some material."""

    material: Material
    memory: Memory
    by: str
    """Who wrote its text: a model's name, or `extract`."""


class Memories(Protocol):
    """Where memories are kept, by version."""

    async def material(
        self, tenant: TenantId, conversation: ConversationId, most: int
    ) -> Material | None:
        """What is to be remembered, of at most `most` messages; None without the conversation."""
        ...

    async def put(self, written: Written) -> bool:
        """Keep the memory as the next version.

        Returns:
            False, and nothing is kept, when another version came in between, or the talk is over
            or was forgotten meanwhile.
        """
        ...

    async def left(self, ended: Ended, most: int) -> Material | None:
        """What is to be remembered of a talk that is over, of at most `most` messages.

        None when nobody waits for it any more: it was forgotten, or erased.
        """
        ...


@dataclass(frozen=True, slots=True)
class Summary:
    """The text of a memory."""

    text: str
    by: str
    """The model's name, or `extract`."""


class Rephrases(Protocol):
    """Makes a follow-up understood without its conversation."""

    async def rephrase(self, context: TurnContext) -> str | None:
        """The question by itself; None where it is so already, or nothing better is known."""
        ...


class Summariser(Protocol):
    """Writes the text of a memory."""

    async def summarise(
        self,
        memory: Memory,
        messages: Sequence[Message],
        conversation: Conversation,
        room: int,
    ) -> Summary:
        """What was written last time, and what came behind it, as one text; never fails.

        Args:
            memory: With the text of last time, and the facts that will stand beside the new one.
            messages: What came behind that text, oldest first.
            conversation: Whose they are; its language is the customer's.
            room: Tokens that the text may have, estimated on the safe side.
        """
        ...
