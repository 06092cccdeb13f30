"""What can go wrong with a handoff; the tree of all is in core/domain/errors.py.

RetryableError
└── TicketNotYet        it is about to be opened

RefusedError
├── MoveRefused         the handoff does not allow this move now; the sentence says why
├── HandoffNotFound     unknown, or of another tenant
├── AgentNotFound       unknown, or of another tenant
└── TicketNotFound      unknown, or of another tenant
"""

from core.domain.errors import RefusedError, RetryableError


class TicketNotYet(RetryableError):
    """The ticket is not opened yet."""


class MoveRefused(RefusedError):
    """The handoff does not allow this move."""


class HandoffNotFound(RefusedError):
    """There is no such handoff."""


class AgentNotFound(RefusedError):
    """There is no such agent."""


class TicketNotFound(RefusedError):
    """There is no such ticket."""
