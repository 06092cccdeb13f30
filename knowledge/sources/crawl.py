"""Reads the pages of sites politely: robots.txt first, one page at a time, with pauses."""

import asyncio
from collections.abc import Awaitable, Callable

from yarl import URL

from core.domain.errors import DocumentRefused
from knowledge.documents import Document
from knowledge.parsers.choose import Told
from knowledge.parsers.kinds import kind_of_media
from knowledge.parsers.limits import Limits
from knowledge.sources.calls import ROBOT, Caller, Fetched, NotFetched
from knowledge.sources.limits import WebLimits
from knowledge.sources.parsing import parsed
from knowledge.sources.robots import EVERYTHING, NOTHING, Robots, robots_of

Pause = Callable[[float], Awaitable[None]]
"""Waits so many seconds."""

_SERVER_ERRORS = 500


class Forbidden(NotFetched):
    """The site's robots.txt asks not to read this page."""


class Crawl:
    """Calls within one reading of a source.

    Args:
        caller: Makes the calls; already entered.
        web: How far to go.
        pause: Waits between the pages of a site.
    """

    def __init__(self, caller: Caller, web: WebLimits, pause: Pause = asyncio.sleep) -> None:
        self._caller = caller
        self._web = web
        self._pause = pause
        self._robots: dict[URL, Robots] = {}
        self._called: set[URL] = set()

    async def get(self, url: URL, host: str = "") -> Fetched:
        """What is at an address.

        Args:
            url: The address.
            host: When given, no other host is called.

        Raises:
            Forbidden: robots.txt asks not to read it, or a page that it leads to.
            NotFetched: for any other reason.
        """

        async def admit(hop: URL) -> None:
            if host and hop.host != host:
                raise NotFetched("it leads to another site")
            robots = await self._rules(hop)
            if not robots.allows(hop.raw_path_qs):
                raise Forbidden("the site's robots.txt asks not to read it")
            await self._wait(hop, robots)

        return await self._caller.get(url, admit)

    def unpacked(self, packed: bytes) -> bytes:
        """What gzip packed; raises NotFetched when it is damaged or too large."""
        return self._caller.unpacked(packed)

    async def _rules(self, url: URL) -> Robots:
        """RFC 9309, 2.3.1: no file allows all, an unreachable one forbids all."""
        origin = url.origin()
        if origin not in self._robots:
            try:
                found = await self._caller.get(origin / "robots.txt")
                self._robots[origin] = robots_of(found.body, ROBOT)
            except NotFetched as missing:
                gone = 0 < missing.status < _SERVER_ERRORS
                if not missing.status:
                    raise
                self._robots[origin] = EVERYTHING if gone else NOTHING
        return self._robots[origin]

    async def _wait(self, url: URL, robots: Robots) -> None:
        if url.origin() in self._called:
            wanted = max(robots.delay_s, self._web.pause_s)
            await self._pause(min(wanted, self._web.longest_pause_s))
        self._called.add(url.origin())


async def page(fetched: Fetched, limits: Limits) -> Document | DocumentRefused:
    """A fetched page as a document; its uri is its address."""
    name = fetched.url.name or fetched.url.host or str(fetched.url)
    kind = kind_of_media(fetched.media, name)
    if kind is None:
        media = fetched.media.partition(";")[0].strip()[:80] or "none"
        why = f"its content type ({media}) is of no kind that is read"
        return DocumentRefused(str(fetched.url), why)
    told = Told(kind=kind, charset=fetched.charset)
    result = await parsed(name, fetched.body, str(fetched.url), limits, told)
    if isinstance(result, DocumentRefused):
        return DocumentRefused(str(fetched.url), result.why)
    return result
