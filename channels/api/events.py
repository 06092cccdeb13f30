"""Server-sent events: an answer while it is written.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
from typing import Any

from aiohttp import web

from core.http.json import encode

MEDIA = "text/event-stream"
_SEND_S = 20.0


class EventStream:
    """One response that goes on.

    It begins with its first event, so that a failure before that still gets a status of its own.
    """

    def __init__(self, request: web.Request) -> None:
        self._request = request
        self._response = web.StreamResponse(
            headers={
                "Content-Type": f"{MEDIA}; charset=utf-8",
                "Cache-Control": "no-store",
                "X-Accel-Buffering": "no",  # a proxy that collects would hold the deltas back
            }
        )

    @property
    def begun(self) -> bool:
        """Whether an event has been sent."""
        return self._response.prepared

    async def send(self, data: Any, *, event: str | None = None) -> None:
        """One event with JSON data.

        Raises:
            ConnectionError: nobody reads it.
        """
        name = f"event: {event}\n".encode() if event else b""
        await self.send_raw(name + b"data: " + encode(data) + b"\n\n")

    async def send_raw(self, block: bytes) -> None:
        """A block as it is.

        Raises:
            ConnectionError: nobody reads it.
        """
        try:
            async with asyncio.timeout(_SEND_S):
                if not self._response.prepared:
                    await self._response.prepare(self._request)
                await self._response.write(block)
        except TimeoutError:
            if self._request.transport is not None:
                self._request.transport.abort()
            raise ConnectionResetError from None

    async def end(self) -> web.StreamResponse:
        """Finish the response."""
        await self._response.write_eof()
        return self._response
