"""Holds back calls to addresses that must not be called.

The connection goes to the very addresses that were looked at, so that a name cannot lead to one
address when it is checked and to another when it is called.
"""

import socket
from collections.abc import Callable

from aiohttp.abc import AbstractResolver, ResolveResult

from core.egress.addresses import Address, literal

Allowed = Callable[[str, Address], bool]
"""Whether this host may be called at this address."""


class Closed(OSError):
    """A name that leads to an address that must not be called."""


class GuardedResolver(AbstractResolver):
    """Resolves names and holds back addresses that must not be called.

    It is not asked about hosts that are addresses themselves: look at those with `literal`.
    """

    def __init__(self, resolver: AbstractResolver, allowed: Allowed) -> None:
        self._resolver = resolver
        self._allowed = allowed

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        # One closed address closes the name: the next call might be led to it.
        if not all(self._may_call(host, result["host"]) for result in found):
            raise Closed("its address is of a private network, which is not called")
        return found

    async def close(self) -> None:
        await self._resolver.close()

    def _may_call(self, host: str, address: str) -> bool:
        found = literal(address)
        return found is not None and self._allowed(host, found)


def is_closed(failed: BaseException) -> bool:
    """Whether a call failed because the guard held it back."""
    cause: BaseException | None = failed
    while cause is not None:
        if isinstance(cause, Closed):
            return True
        cause = getattr(cause, "os_error", None) or cause.__cause__
    return False
