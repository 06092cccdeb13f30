"""Which answer a message on a platform is."""

from dataclasses import dataclass
from typing import Protocol

from core.domain.ids import TenantId, TurnId
from core.domain.messages import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An answer that stands on the platform."""

    turn: TurnId
    address: str
    """Of its conversation."""


class Answers(Protocol):
    """Finds the answer that a native message is a part of, in the ledger of deliveries."""

    async def told_by(
        self, tenant: TenantId, channel: Channel, beginning: str, native_id: str
    ) -> Told | None:
        """The answer with this native id at an address that begins so.

        None for what is no answer of a turn: another's message, an agent's, an unknown one.

        Raises:
            RetryableError: it cannot be looked up now.
        """
        ...
