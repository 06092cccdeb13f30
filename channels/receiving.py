"""What is done with what a platform told: the way of a message in, for channels that are pushed.

Everything is stored before the platform is answered, and every step done twice is done once: a
platform that got no answer tells again, in whatever order.
"""

from collections.abc import Sequence
from typing import Protocol

from channels.accounts import Account
from channels.happenings import Happening


class Receive(Protocol):
    """Takes what a channel parsed."""

    async def __call__(
        self, account: Account, happenings: Sequence[Happening], traceparent: str = ""
    ) -> None:
        """Store it all, in order; only then may the platform be told that it was taken.

        What can never be taken is counted and left out.

        Raises:
            RetryableError: not all of it is stored; the platform must tell again.
        """
        ...
