"""What a channel tells of threads in which agents work; the handoffs listen."""

from typing import Protocol

from core.domain.desk import Deed


class Hears(Protocol):
    """Takes what agents do in threads."""

    async def hear(self, deed: Deed) -> bool:
        """Store it; told again it is there once.

        Returns:
            False when the thread is no handoff's: then it is for others.

        Raises:
            RetryableError: it is not stored; it must be told again.
        """
        ...
