"""Leases: what only one process may do at a time, by name."""

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Protocol


class Held(Protocol):
    """A lease that this process has."""

    @property
    def lost(self) -> asyncio.Event:
        """Set when it is another's, or may soon be: stop at once what it was for."""
        ...


class Leases(Protocol):
    """Gives each lease to one at a time."""

    def hold(self, name: str) -> AbstractAsyncContextManager[Held]:
        """Wait until nobody else has it, have it for the block, and let go.

        A holder that dies, or is cut off, loses it by that: the next one who waits gets it.

        Raises:
            RetryableError: it cannot be waited for now.
        """
        ...
