"""Sessions whose calls stay outside: of addresses that may be called, and each sent once."""

from collections.abc import Mapping

import aiohttp
from aiohttp.abc import AbstractResolver

from core.egress.guard import Allowed, GuardedResolver


def guarded_session(
    allowed: Allowed,
    headers: Mapping[str, str],
    resolver: AbstractResolver | None = None,
    *,
    reuse: bool = False,
) -> aiohttp.ClientSession:
    """A session without cookies, proxies of the environment and unpacking; close it at the end.

    Args:
        allowed: which addresses may be called. Hosts that are addresses themselves are not asked
            about: look at those with `literal`.
        headers: sent with every request.
        resolver: where names are looked up; the system's without it.
        reuse: whether a connection serves several calls. Without it each call resolves its name
            anew, and none is sent into a half-dead connection, which leaves an outcome unknown.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            resolver=GuardedResolver(resolver or aiohttp.ThreadedResolver(), allowed),
            use_dns_cache=reuse,
            force_close=not reuse,
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        auto_decompress=False,  # a small body may unpack to a huge one
        headers=headers,
    )


class Once:
    """Lets a request out once: aiohttp sends some again when their connection breaks."""

    def __init__(self) -> None:
        self.begun = False

    async def __call__(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        if self.begun:
            raise aiohttp.ClientConnectionError("sent once already")
        self.begun = True
        return await handler(request)
