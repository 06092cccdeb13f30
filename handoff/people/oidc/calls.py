"""Asks an issuer over HTTP: in time, for small answers, and never elsewhere than it was sent."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import aiohttp
import msgspec
from aiohttp.abc import AbstractResolver

from core.egress.session import guarded_session
from handoff.people.oidc.addresses import may_call
from handoff.people.oidc.refused import EntryRefused, Why

_MOST_BYTES = 512 * 1024
_NONE: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back: a status, and JSON where there was any."""

    status: int
    body: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """Makes calls."""

    within_s: float = 10
    """For each, from its beginning to the last byte."""
    resolver: AbstractResolver | None = None
    """Where names are looked up; the system's without it."""

    async def json(self, address: str, headers: Mapping[str, str] = _NONE) -> Any:
        """The JSON at an address.

        Raises:
            EntryRefused: there is none.
        """
        found = await self._call("GET", address, None, headers)
        if found.status != HTTPStatus.OK:
            raise EntryRefused(Why.UNAVAILABLE, f"the issuer answers {found.status}")
        return found.body

    async def post(
        self, address: str, form: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answered:
        """Send a form, once.

        Raises:
            EntryRefused: nothing came back that could be read.
        """
        return await self._call("POST", address, form, headers)

    async def _call(
        self,
        method: str,
        address: str,
        form: Mapping[str, str] | None,
        headers: Mapping[str, str],
    ) -> Answered:
        accepts = {"Accept": "application/json", "Accept-Encoding": "identity"}
        try:
            async with (
                asyncio.timeout(self.within_s),
                guarded_session(may_call, accepts, self.resolver) as session,
                session.request(
                    method, address, data=form, headers=headers, allow_redirects=False
                ) as response,
            ):
                return Answered(response.status, await _body(response))
        except TimeoutError:
            raise EntryRefused(Why.UNAVAILABLE, "the issuer does not answer in time") from None
        except (aiohttp.ClientError, OSError, ValueError):
            raise EntryRefused(Why.UNAVAILABLE, "the issuer cannot be reached") from None


async def _body(response: aiohttp.ClientResponse) -> Any:
    """The JSON of a response; None for anything else, and for more than is read."""
    read = bytearray()
    async for piece in response.content.iter_any():
        read += piece
        if len(read) > _MOST_BYTES:
            return None
    try:
        return msgspec.json.decode(bytes(read))
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
