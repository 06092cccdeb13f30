"""What handoffs need from outside, as Protocols."""

from dataclasses import dataclass
from typing import Protocol

from core.domain.ids import ConversationId, HandoffId, TenantId


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRequest:
    """A request for a person that nobody took."""

    tenant: TenantId
    handoff: HandoffId
    conversation: ConversationId
    reason: str
    team: str
    language: str
    contact: str | None
    """Where the customer wants the answer; None is in the conversation. It may be said later."""


class Tickets(Protocol):
    """Where requests go that outlive the talk."""

    async def open(self, request: TicketRequest) -> None:
        """Open a ticket for it; a second call for the same handoff opens none.

        Raises:
            RetryableError: call again later.
            RefusedError: it will never be taken; somebody must look.
        """
        ...
