"""The pages that a site's sitemap lists.

Source: https://www.sitemaps.org/protocol.html
"""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from aiohttp.abc import AbstractResolver
from yarl import URL

from core.domain.errors import DocumentRefused
from knowledge.documents import Document
from knowledge.parsers.limits import LIMITS, Limits, Unreadable
from knowledge.parsers.vet_xml import walk
from knowledge.ports import Source
from knowledge.sources.calls import Caller, Fetched, NotFetched
from knowledge.sources.crawl import Crawl, Forbidden, Pause, page
from knowledge.sources.limits import WEB_LIMITS, WebLimits

_GZIP = b"\x1f\x8b"
_MOST_ELEMENTS = 1_000_000
_MOST_ADDRESSES = 50_000  # of one sitemap, by the protocol
_LONGEST_ADDRESS = 2_048  # by the protocol


@dataclass(frozen=True, slots=True)
class Listed:
    """What one sitemap names."""

    pages: tuple[str, ...]
    sitemaps: tuple[str, ...]


class SitemapSource(Source):
    """Every page of a sitemap, or of all sitemaps of an index, on the sitemap's own host.

    Args:
        url: The sitemap's address; it may be packed with gzip.
        limits: What is refused for its size.
        web: What may be called, and how many pages are read.
        resolver: Where names are looked up; the system's without it.
        pause: Waits between two pages.
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
        self._left_out: Counter[str] = Counter()

    async def read(self) -> AsyncIterator[Document | DocumentRefused]:
        self._left_out.clear()
        async with Caller(self._web, self._limits.raw_bytes, self._resolver) as caller:
            crawl = Crawl(caller, self._web, self._pause)
            pages: dict[URL, None] = {}
            async for refused in self._list(crawl, pages):
                yield refused
            seen: set[URL] = set()
            for url in pages:
                document = await self._page(crawl, url, seen)
                if document is not None:
                    yield document

    def notices(self) -> Sequence[str]:
        return tuple(f"{count:,} left out: {why}" for why, count in sorted(self._left_out.items()))

    async def _list(self, crawl: Crawl, pages: dict[URL, None]) -> AsyncIterator[DocumentRefused]:
        """Fill `pages` from the sitemap and those it names; yield what cannot be read."""
        waiting, known = deque([self._url]), {self._url}
        while waiting:
            url = waiting.popleft()
            try:
                listed = await self._listed(crawl, url)
            except NotFetched as failed:
                yield failed.refusal(url)
                continue
            for found in self._ours(listed.pages):
                pages[found] = None
            for found in self._ours(listed.sitemaps):
                if found not in known and len(known) < self._web.sitemaps:
                    known.add(found)
                    waiting.append(found)
        if not pages:
            yield DocumentRefused(str(self._url.with_user(None)), "it lists no page of its site")
        for url in list(pages)[self._web.pages :]:
            self._left_out[f"pages after the first {self._web.pages:,}"] += 1
            del pages[url]

    async def _listed(self, crawl: Crawl, url: URL) -> Listed:
        fetched = await crawl.get(url, self._url.host or "")
        body = fetched.body
        if body.startswith(_GZIP):
            body = crawl.unpacked(body)
        try:
            return await asyncio.to_thread(listed_in, body)
        except Unreadable as why:
            raise NotFetched(str(why)) from why

    def _ours(self, addresses: Sequence[str]) -> list[URL]:
        """Those on the sitemap's host; the others are counted."""
        ours = []
        for address in addresses:
            try:
                url = self._url.join(URL(address)).with_fragment(None)
            except ValueError:
                self._left_out["not an address"] += 1
                continue
            if url.host == self._url.host and url.scheme in {"http", "https"}:
                ours.append(url)
            else:
                self._left_out["pages of other sites"] += 1
        return ours

    async def _page(
        self, crawl: Crawl, url: URL, seen: set[URL]
    ) -> Document | DocumentRefused | None:
        """None for a page that robots.txt closes, or that came already under another address."""
        try:
            fetched: Fetched = await crawl.get(url, self._url.host or "")
        except Forbidden:
            self._left_out["pages that robots.txt closes"] += 1
            return None
        except NotFetched as failed:
            return failed.refusal(url)
        if fetched.url in seen:
            return None
        seen.add(fetched.url)
        return await page(fetched, self._limits)


def listed_in(body: bytes) -> Listed:
    """The addresses in a sitemap or a sitemap index.

    Raises:
        Unreadable: not well-formed XML, or made to do harm.
    """
    pages: list[str] = []
    sitemaps: list[str] = []
    waiting: list[str] = []

    def leave(name: str, text: str) -> None:
        match name:
            case "loc":
                waiting.append(text.strip()[: _LONGEST_ADDRESS + 1])
            case "url" | "sitemap":
                # Extensions (images, videos) have a loc of their own behind the page's.
                (pages if name == "url" else sitemaps).extend(waiting[:1])
                waiting.clear()
            case _:
                pass

    walk([body], _MOST_ELEMENTS, leave)
    return Listed(_usable(pages), _usable(sitemaps))


def _usable(addresses: Sequence[str]) -> tuple[str, ...]:
    return tuple(text for text in addresses if 0 < len(text) <= _LONGEST_ADDRESS)[:_MOST_ADDRESSES]
