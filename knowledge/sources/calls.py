"""Fetches from the web: one guarded call after the other, never to ourselves."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from core.domain.errors import DocumentRefused
from core.egress.addresses import Address, is_own, is_public, literal
from core.egress.guard import is_closed
from core.egress.session import guarded_session
from knowledge.sources.limits import WebLimits
from knowledge.sources.unpack import TooLarge, gunzip

ROBOT = "Switchboard"
_HEADERS = {
    "User-Agent": f"{ROBOT}/0.1 (reads help pages for a chat bot)",
    "Accept": "text/html, text/markdown, text/plain, application/pdf, */*;q=0.5",
    "Accept-Encoding": "gzip",
}
_PIECE = 65_536
_MOVED = frozenset({301, 302, 303, 307, 308})
_CLOSED = "its address is of a private network, which is not called"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What a server answered with status 200."""

    url: URL
    """Where it was found in the end, without its fragment."""
    body: bytes
    media: str
    charset: str


class NotFetched(Exception):
    """A call that brought nothing, in one sentence without the address.

    Attributes:
        status: what the server answered; 0 when it did not.
    """

    def __init__(self, why: str, status: int = 0) -> None:
        super().__init__(why)
        self.why = why
        self.status = status

    def refusal(self, url: URL) -> DocumentRefused:
        """As it is told to people, without a password in the address."""
        return DocumentRefused(str(url.with_user(None) if url.raw_host else url), self.why)


def _allowed(address: Address, limits: WebLimits) -> bool:
    return is_public(address) or (limits.allow_private and is_own(address))


Admit = Callable[[URL], Awaitable[None]]
"""Raises NotFetched for an address that is not wanted; asked before every hop."""


async def admit_all(_url: URL) -> None:
    """Every address is wanted."""


class Caller:
    """Makes calls for documents, as an async context.

    Args:
        limits: What may be called.
        most_bytes: A larger body is refused, packed or unpacked.
        resolver: Where names are looked up; the system's without it.
    """

    def __init__(
        self, limits: WebLimits, most_bytes: int, resolver: AbstractResolver | None = None
    ) -> None:
        self._limits = limits
        self._most_bytes = most_bytes
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = guarded_session(self._may_call, _HEADERS, self._resolver, reuse=True)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    def _may_call(self, _host: str, address: Address) -> bool:
        return _allowed(address, self._limits)

    async def get(self, url: URL, admit: Admit = admit_all) -> Fetched:
        """The document at an address, after its redirects.

        Raises:
            NotFetched: for any reason; the address, or one that it leads to, may be closed.
        """
        for _ in range(self._limits.redirects + 1):
            url = checked(url, self._limits)
            await admit(url)
            found = await self._in_time(url)
            if isinstance(found, Fetched):
                return found
            url = found
        raise NotFetched("it redirects too often")

    async def _in_time(self, url: URL) -> Fetched | URL:
        try:
            async with asyncio.timeout(self._limits.call_s):
                return await self._call(url)
        except TimeoutError as late:
            raise NotFetched(f"no answer within {self._limits.call_s:.0f} s") from late

    async def _call(self, url: URL) -> Fetched | URL:
        """One hop: the document, or where it went."""
        if self._session is None:
            raise RuntimeError("enter the Caller first")
        try:
            async with self._session.get(url, allow_redirects=False) as response:
                if response.status in _MOVED:
                    return url.join(URL(response.headers.get("Location", "")))
                if response.status != 200:  # noqa: PLR2004
                    why = f"the server answers with status {response.status}"
                    raise NotFetched(why, response.status)
                body = await self._body(response)
                return Fetched(
                    url=url,
                    body=body,
                    media=response.headers.get("Content-Type", ""),
                    charset=response.charset or "",
                )
        except aiohttp.ClientConnectorError as failed:
            why = _CLOSED if is_closed(failed) else "its server cannot be reached"
            raise NotFetched(why) from failed
        except (aiohttp.ClientError, ValueError, OSError) as failed:
            raise NotFetched("the server's answer cannot be read") from failed

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        body = bytearray()
        async for piece in response.content.iter_chunked(_PIECE):
            body += piece
            if len(body) > self._most_bytes:
                raise NotFetched(self._too_large())
        encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding in {"identity", ""}:
            return bytes(body)
        if encoding not in {"gzip", "x-gzip"}:
            raise NotFetched("the server packs its answer in a way that was not asked for")
        return self.unpacked(bytes(body))

    def unpacked(self, packed: bytes) -> bytes:
        """What gzip packed.

        Raises:
            NotFetched: damaged, or larger than what is read.
        """
        try:
            return gunzip(packed, self._most_bytes)
        except TooLarge as large:
            raise NotFetched(self._too_large()) from large
        except zlib.error as damaged:
            raise NotFetched("it is packed, and damaged or cut short") from damaged

    def _too_large(self) -> str:
        return f"it is larger than the {self._most_bytes / 1e6:,.0f} MB that are read"


def checked(url: URL, limits: WebLimits) -> URL:
    """The address without its fragment, if it may be called.

    A name is looked at again when it is resolved; a literal address only here.

    Raises:
        NotFetched: it may not.
    """
    if url.scheme not in {"http", "https"} or not url.raw_host:
        raise NotFetched("only http and https addresses are read")
    if url.user is not None or url.password is not None:
        raise NotFetched("an address with a user name in it is not called")
    address = literal(url.raw_host)
    if address is not None and not _allowed(address, limits):
        raise NotFetched(_CLOSED)
    if not limits.allow_private and url.port not in limits.ports:
        raise NotFetched(f"port {url.port} is not called")
    return url.with_fragment(None)
