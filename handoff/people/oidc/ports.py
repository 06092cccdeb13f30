"""What signing in by way of an issuer needs of a store."""

from datetime import datetime
from typing import Protocol

from core.domain.ids import TenantId


class Flows(Protocol):
    """Which sign-ins have come back."""

    async def use(self, tenant: TenantId, state: str, ends_at: datetime) -> bool:
        """Note that a sign-in came back.

        Returns:
            False when it did so before.

        Raises:
            TenantNotFound: no such tenant.
        """
        ...
