"""Makes a call, and takes of the response only what may be told.

Nothing of a response decides where the next call goes: redirects are not followed, and addresses
of our own networks are not called, whatever a name resolves to.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from core.domain.tools import Outcome
from core.egress.addresses import Address, is_own, is_public
from core.egress.session import Once, guarded_session
from core.tools.tool import Tool, filled, plain

_NONE: Mapping[str, str] = {}
_PIECE = 16_384
_MAYBE_DONE = frozenset({408, 409, 425})
"""Refusals that may come from a server that has begun already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """What came of one request."""

    outcome: Outcome
    status: int = 0
    """What the server answered; 0 when it did not."""
    data: Any = None
    """The JSON of its response; None where there is none to be read."""


class Caller:
    """Makes calls, as an async context.

    Args:
        private_hosts: those that may lie in a network of one's own.
        resolver: where names are looked up; the system's without it.
    """

    def __init__(
        self, private_hosts: frozenset[str], resolver: AbstractResolver | None = None
    ) -> None:
        self._private = private_hosts
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
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

    async def call(
        self,
        tool: Tool,
        arguments: Mapping[str, object],
        key: UUID,
        headers: Mapping[str, str] = _NONE,
    ) -> Called:
        """Send one request, once; whatever happens is an outcome.

        Args:
            tool: what is called.
            arguments: with what; they fit its schema.
            key: sent as `Idempotency-Key`, where the tool changes something.
            headers: sent, too.
        """
        unclear = Outcome.UNKNOWN if tool.changes else Outcome.FAILED
        sending = _Sending()
        try:
            async with asyncio.timeout(tool.timeout_s):
                return await self._send(tool, arguments, _headers(tool, key, headers), sending)
        except (aiohttp.ClientConnectorError, aiohttp.InvalidURL, _Unsendable):
            return Called(outcome=Outcome.FAILED)
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError):
            # what a status has said before the rest was lost still holds
            return Called(
                outcome=sending.outcome or (unclear if sending.begun else Outcome.FAILED)
            )

    async def _send(
        self,
        tool: Tool,
        arguments: Mapping[str, object],
        headers: Mapping[str, str],
        sending: "_Sending",
    ) -> Called:
        if self._session is None:
            raise RuntimeError("enter the Caller first")
        if any(plain(value).strip() in {"", ".", ".."} for value in arguments.values()):
            raise _Unsendable  # in a path it would name something else
        url = URL(tool.address(arguments), encoded=True).extend_query(
            {name: filled(text, arguments) for name, text in tool.query.items()}
        )
        async with self._session.request(
            tool.method,
            url,
            json=tool.body(arguments),
            headers=headers,
            allow_redirects=False,
            middlewares=(sending,),
        ) as response:
            outcome = _outcome(tool, response.status)
            sending.outcome = outcome if tool.changes else None
            data = await _data(response, tool.max_bytes)
            if data is None and outcome is Outcome.DONE and not tool.changes:
                outcome = Outcome.FAILED
            return Called(outcome=outcome, status=response.status, data=data)

    def _may_call(self, host: str, address: Address) -> bool:
        return is_public(address) or (host in self._private and is_own(address))


class _Unsendable(Exception):
    """Nothing was sent, and nothing will be."""


class _Sending(Once):
    """What is known of a request on its way."""

    outcome: Outcome | None = None


def _headers(tool: Tool, key: UUID, more: Mapping[str, str]) -> Mapping[str, str]:
    once = {"Idempotency-Key": str(key)} if tool.changes else {}
    return {**more, **tool.headers, **once}


def _outcome(tool: Tool, status: int) -> Outcome:
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Outcome.DONE
    if not tool.changes:
        return Outcome.FAILED
    refused = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    return Outcome.FAILED if refused and status not in _MAYBE_DONE else Outcome.UNKNOWN


async def _data(response: aiohttp.ClientResponse, most_bytes: int) -> Any:
    """The JSON of a response; None for anything else, and for more than is read."""
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        return None
    body = bytearray()
    async for piece in response.content.iter_chunked(_PIECE):
        body += piece
        if len(body) > most_bytes:
            return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
