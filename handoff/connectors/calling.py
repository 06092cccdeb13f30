"""HTTP to trackers: never to ourselves, each request once, and every failure of a kind.

Nothing of a response decides where the next call goes: redirects are not followed.
"""

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from core.egress.addresses import Address, is_own, is_public, literal
from core.egress.guard import is_closed
from core.egress.session import Once, guarded_session
from handoff.connectors.contract import RemoteAway, RemoteBusy, RemoteRefused, RemoteUnknown

_MOST_BYTES = 4_000_000
_PIECE = 65_536
_MAYBE_DONE = frozenset({408, 409, 425})
_LIMITED = frozenset({403, 429})
_REST_S, _LONGEST_REST_S = 30.0, 3600.0
_NONE: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A tracker's address, and what every request to it bears."""

    url: str
    """Without a slash at its end."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    private: bool = False
    """Whether it may lie in a network of one's own."""
    timeout_s: float = 15


class Caller:
    """Makes calls, as an async context; one for all trackers of a process."""

    def __init__(self, resolver: AbstractResolver | None = None) -> None:
        self._resolver = resolver
        self._private: set[str] = set()
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        headers = {"Accept-Encoding": "identity", "User-Agent": "Switchboard"}
        self._session = guarded_session(self._may_call, headers, self._resolver)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def read(self, server: Server, path: str, query: Mapping[str, str] = _NONE) -> Any:
        """The JSON at a path; None where there is nothing.

        Raises:
            RemoteAway, RemoteBusy, RemoteRefused: as they say.
        """
        with _without_effect():
            return await self._call(server, "GET", path, query=query, missing=True)

    async def ask(self, server: Server, path: str, body: object) -> Any:
        """The JSON that a POST without effect is answered with; raises what `read` does."""
        with _without_effect():
            return await self._call(server, "POST", path, body=body)

    async def write(
        self,
        server: Server,
        method: str,
        path: str,
        body: object,
        headers: Mapping[str, str] = _NONE,
    ) -> Any:
        """Change something, once; the JSON of the response, None where it has none.

        Raises:
            RemoteAway, RemoteBusy, RemoteUnknown, RemoteRefused: as they say.
        """
        return await self._call(server, method, path, body=body, headers=headers)

    async def tell(self, server: Server, body: bytes, headers: Mapping[str, str]) -> None:
        """Post a body, once, to whoever need not answer more than that they have it.

        Raises:
            RemoteAway, RemoteBusy, RemoteUnknown, RemoteRefused: as they say.
        """
        await self._call(server, "POST", "", body=body, headers=headers, read=False)

    async def _call(  # noqa: PLR0913 - what a request is made of, each by name
        self,
        server: Server,
        method: str,
        path: str,
        *,
        body: object = None,
        query: Mapping[str, str] = _NONE,
        headers: Mapping[str, str] = _NONE,
        missing: bool = False,
        read: bool = True,
    ) -> Any:
        if self._session is None:
            raise RuntimeError("enter the Caller first")
        url = self._address(server, path, query)
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = {"Content-Type": "application/json"} if body is not None else {}
        try:
            async with (
                asyncio.timeout(server.timeout_s),
                self._session.request(
                    method,
                    url,
                    data=sent if body is not None else None,
                    headers={**kind, **server.headers, **headers},
                    allow_redirects=False,
                    middlewares=(Once(),),
                ) as response,
            ):
                return await _told(response, missing=missing, read=read)
        except aiohttp.ClientConnectorError as failed:
            if is_closed(failed):
                raise RemoteRefused("its address is of a private network") from failed
            raise RemoteAway from failed
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as failed:
            raise RemoteUnknown from failed

    def _address(self, server: Server, path: str, query: Mapping[str, str]) -> URL:
        url = URL(server.url + path, encoded=True).extend_query(dict(query))
        host = url.host or ""
        if server.private:
            self._private.add(host)
        address = literal(url.raw_host or "")
        if address is not None and not self._may_call(host, address):
            raise RemoteRefused("its address is of a private network")
        return url

    def _may_call(self, host: str, address: Address) -> bool:
        return is_public(address) or (host in self._private and is_own(address))


@contextmanager
def _without_effect() -> Iterator[None]:
    """What was only read was certainly not done."""
    try:
        yield
    except RemoteUnknown as unread:
        if unread.retry_after_s:
            raise RemoteBusy(unread.retry_after_s) from unread
        raise RemoteAway(str(unread)) from unread


async def _told(response: aiohttp.ClientResponse, *, missing: bool, read: bool) -> Any:
    """The JSON of a response that is one of success; any other is raised as what it means."""
    status = response.status
    if 200 <= status < 300:  # noqa: PLR2004 - success
        return await _json(response) if read else None
    if missing and status in {404, 410}:
        return None
    rest_s = _rest_s(response.headers)
    if status == 429 or (status in _LIMITED and rest_s is not None):  # noqa: PLR2004
        raise RemoteBusy(rest_s if rest_s is not None else _REST_S)
    if status >= 500 or status in _MAYBE_DONE:  # noqa: PLR2004 - it may have done it
        raise RemoteUnknown(f"the tracker answers with status {status}", rest_s or 0)
    raise RemoteRefused(f"the tracker answers with status {status}{await _named(response)}")


async def _json(response: aiohttp.ClientResponse) -> Any:
    body = bytearray()
    async for piece in response.content.iter_chunked(_PIECE):
        body += piece
        if len(body) > _MOST_BYTES:
            raise RemoteUnknown("the tracker's answer is too long")
    told = "json" in response.headers.get("Content-Type", "")
    return json.loads(body) if told and body.strip() else None


async def _named(response: aiohttp.ClientResponse) -> str:
    """The fields that a refusal names; never its sentences, which may quote a customer."""
    try:
        said = await _json(response)
    except (ValueError, RemoteUnknown):
        return ""
    if not isinstance(said, dict):
        return ""
    found: list[str] = []
    for key in ("errors", "details"):
        part = said.get(key)
        if isinstance(part, dict):
            found += [str(name)[:60] for name in part]
        if isinstance(part, list):
            found += [
                str(one["field"])[:60] for one in part if isinstance(one, dict) and "field" in one
            ]
    return f", about {', '.join(found[:5])}" if found else ""


def _rest_s(headers: Mapping[str, str]) -> float | None:
    """How long to leave it alone; None where it does not say.

    https://www.rfc-editor.org/rfc/rfc9110#field.retry-after, and GitHub's x-ratelimit-reset.
    """
    said = headers.get("Retry-After", "").strip()
    if said.isdigit():
        return min(float(said), _LONGEST_REST_S)
    date = headers.get("Date", "")
    try:
        now = parsedate_to_datetime(date).timestamp()
        if said:
            until = parsedate_to_datetime(said).timestamp()
        elif headers.get("X-RateLimit-Remaining") == "0":
            until = datetime.fromtimestamp(
                int(headers.get("X-RateLimit-Reset", "")), UTC
            ).timestamp()
        else:
            return None
    except ValueError:
        return _REST_S if said else None
    return min(max(until - now, 0.0), _LONGEST_REST_S)
