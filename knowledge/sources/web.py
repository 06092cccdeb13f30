"""One page of the web as a document."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from aiohttp.abc import AbstractResolver
from yarl import URL

from core.domain.errors import DocumentRefused
from knowledge.documents import Document
from knowledge.parsers.limits import LIMITS, Limits
from knowledge.ports import Source
from knowledge.sources.calls import Caller, NotFetched
from knowledge.sources.crawl import Crawl, Pause, page
from knowledge.sources.limits import WEB_LIMITS, WebLimits


class WebSource(Source):
    """The document at one address.

    Args:
        url: Its address, http or https.
        limits: What is refused for its size.
        web: What may be called.
        resolver: Where names are looked up; the system's without it.
        pause: Waits between two calls.
    """

    def __init__(
        self,
        url: URL,
        limits: Limits = LIMITS,
        web: WebLimits = WEB_LIMITS,
        resolver: AbstractResolver | None = None,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._url = url
        self._limits = limits
        self._web = web
        self._resolver = resolver
        self._pause = pause

    async def read(self) -> AsyncIterator[Document | DocumentRefused]:
        async with Caller(self._web, self._limits.raw_bytes, self._resolver) as caller:
            try:
                fetched = await Crawl(caller, self._web, self._pause).get(self._url)
            except NotFetched as failed:
                yield failed.refusal(self._url)
            else:
                yield await page(fetched, self._limits)

    def notices(self) -> Sequence[str]:
        return ()
