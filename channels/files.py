"""Where customers' files go; what a file is, core/domain/files.py says."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from core.domain.files import KeptFile, NewFile
from core.domain.ids import ConversationId, EventId, TenantId


class Files(Protocol):
    """Where customers' files go."""

    async def keep(
        self,
        tenant: TenantId,
        conversation: ConversationId,
        event: EventId,
        files: Sequence[NewFile],
    ) -> tuple[KeptFile, ...]:
        """Store the files of one message. The same message twice is stored once.

        Raises:
            ConversationNotFound: unknown, or of another tenant.
            NoRoom: nothing of it was stored.
        """
        ...

    async def of(
        self, tenant: TenantId, conversation: ConversationId, event: EventId
    ) -> tuple[KeptFile, ...]:
        """The files of a message, in their order."""
        ...

    async def with_message(
        self, tenant: TenantId, conversation: ConversationId, seq: int
    ) -> tuple[KeptFile, ...]:
        """The files of the message with this number, in their order."""
        ...

    async def read(self, tenant: TenantId, file: UUID) -> tuple[KeptFile, bytes] | None:
        """The file with its bytes; None when no customer of the tenant may have such a file."""
        ...
