"""Places: where on a platform a conversation is, and whether it can be reached."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from core.domain.ids import ConversationId, CustomerId, TenantId
from core.domain.messages import Channel

SEPARATOR = "/"
"""Between the parts of an address; the first part is the account's name, and none is empty in
the middle of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a conversation is."""

    conversation: ConversationId
    tenant: TenantId
    channel: Channel
    address: str
    customer: CustomerId
    language: str = ""
    """Of the conversation, else of the customer as the platform knows it; empty at first."""
    reachable: bool = True
    route: Mapping[str, str] = field(default_factory=dict)
    """What an answer needs beside the address, as the latest message said."""

    @property
    def account(self) -> str:
        """The account's name."""
        return self.address.partition(SEPARATOR)[0]

    @property
    def parts(self) -> tuple[str, ...]:
        """The address behind the account's name."""
        return tuple(self.address.split(SEPARATOR)[1:])


class Places(Protocol):
    """Where places are kept, beside the conversations."""

    async def of(self, tenant: TenantId, conversation: ConversationId) -> Place:
        """Where the conversation is.

        Raises:
            ConversationNotFound: unknown, or of another tenant.
        """
        ...

    async def found(self, conversation: ConversationId) -> Place | None:
        """Where any tenant's conversation is; for those who hear of all of them."""
        ...

    async def at(self, tenant: TenantId, channel: Channel, address: str) -> Place | None:
        """The place at an address; None when nothing was said there yet."""
        ...

    async def note(
        self,
        tenant: TenantId,
        conversation: ConversationId,
        route: Mapping[str, str],
        language: str,
    ) -> None:
        """Keep what the latest message said of the way back; it can be reached, too."""
        ...

    async def reach(
        self, tenant: TenantId, channel: Channel, address: str, *, reachable: bool
    ) -> None:
        """Mark the conversation there, or all below an address that ends with the separator."""
        ...

    async def move(self, tenant: TenantId, channel: Channel, before: str, after: str) -> None:
        """Let conversations whose address begins so be found at the other; twice is a no-op."""
        ...
