"""What the adapters of model servers share: a pool, deadlines, one way to read a stream."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Protocol

import aiohttp

from core.domain.errors import ModelUnavailable, SwitchboardError
from core.models.ports import Finished
from core.models.refusals import Refusal, retry_after
from core.models.sse import EventReader

_LAST_BYTES_S = 0.5
_ERROR_BYTES = 8_000
_LONGEST_EVENT = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """How long a server may take, in seconds, before it counts as unavailable."""

    connect_s: float = 3.0
    first_token_s: float = 12.0
    between_tokens_s: float = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One question to a server, ready to be sent."""

    url: str
    body: bytes
    query: Mapping[str, str] = field(default_factory=dict)


class Reading(Protocol):
    """Makes text of the events of one answer."""

    def take(self, events: list[bytes]) -> tuple[str, Finished | None]:
        """The text of events that came together, and the end when it was among them.

        Raises:
            SwitchboardError: one of them is an error, or none of the server's.
        """
        ...

    def ended(self) -> Finished | None:
        """The end, if the stream may end here; None when something is missing yet."""
        ...

    def refused(self, status: int, body: bytes) -> Refusal:
        """What an answer that is not 200 says; its body may be empty, or a proxy's page."""
        ...


@asynccontextmanager
async def pool(
    deadlines: Deadlines, headers: Mapping[str, str]
) -> AsyncIterator[aiohttp.ClientSession]:
    """A pool of connections to one server, until the end of the block."""
    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=30),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=deadlines.connect_s),
        headers={"accept-encoding": "identity", **headers},
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
    )
    async with session:
        yield session


async def told(
    session: aiohttp.ClientSession, call: Call, reading: Reading, deadlines: Deadlines
) -> AsyncGenerator[str | Finished, None]:
    """What a server answers, as a LanguageModel tells it; closing it closes the connection.

    Only text puts the deadline off: a server that sends nothing but keep-alives is too slow.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + deadlines.first_token_s
    reader = EventReader()
    with foreign_errors_as_ours():
        answer = await _ask(session, call, reading, deadline)
        try:
            while True:
                read = await _read(answer, reading, deadline)
                text, last = reading.take(reader.feed(read)) if read else ("", reading.ended())
                if text:
                    deadline = loop.time() + deadlines.between_tokens_s
                    yield text
                if last is not None:
                    await _drain(answer)
                    yield last
                    return
                if not read:
                    raise ModelUnavailable("the model server broke off its answer")
                if reader.waiting > _LONGEST_EVENT:
                    raise ModelUnavailable("the model server sent what is no event")
        finally:
            answer.close()  # after a whole answer the connection is back in the pool already


@contextmanager
def foreign_errors_as_ours() -> Iterator[None]:
    """Turn the HTTP client's errors into `ModelUnavailable`."""
    try:
        yield
    except TimeoutError as late:
        raise ModelUnavailable("the model server took too long") from late
    except (aiohttp.ClientError, ConnectionError) as broken:
        raise ModelUnavailable("the connection to the model server broke") from broken


async def refusal(answer: aiohttp.ClientResponse, reading: Reading) -> SwitchboardError:
    """The error of an answer that is not 200."""
    said = reading.refused(answer.status, await answer.content.read(_ERROR_BYTES))
    waits = retry_after(answer.headers)
    return Refusal(
        status=said.status, kinds=said.kinds, message=said.message, retry_after_s=waits
    ).error()


async def _ask(
    session: aiohttp.ClientSession, call: Call, reading: Reading, deadline: float
) -> aiohttp.ClientResponse:
    async with asyncio.timeout_at(deadline):
        answer = await session.post(
            call.url,
            params=call.query,
            data=call.body,
            headers={"content-type": "application/json"},
            allow_redirects=False,
        )
        if answer.status == HTTPStatus.OK:
            return answer
        async with answer:
            raise await refusal(answer, reading)


async def _read(answer: aiohttp.ClientResponse, reading: Reading, deadline: float) -> bytes:
    """The next bytes; none at the end, nor when only a formality is missing and is late."""
    if reading.ended() is None:
        async with asyncio.timeout_at(deadline):
            return await answer.content.readany()
    try:
        async with asyncio.timeout(_LAST_BYTES_S):
            return await answer.content.readany()
    except (TimeoutError, aiohttp.ClientError):
        return b""


async def _drain(answer: aiohttp.ClientResponse) -> None:
    """Read to the end, so that the connection can serve the next prompt."""
    try:
        async with asyncio.timeout(_LAST_BYTES_S):
            while await answer.content.readany():
                pass
    except (TimeoutError, aiohttp.ClientError):
        return  # closing drops it
