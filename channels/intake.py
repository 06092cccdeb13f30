"""Requests in hand: counted, so that the last of them is answered before the process ends."""

import asyncio
from collections.abc import Collection
from contextlib import suppress

from aiohttp import web
from aiohttp.typedefs import Middleware

from core.http.json import Handler, Refused


class Intake:
    """Lets requests in until it is closed."""

    def __init__(self, always: Collection[str]) -> None:
        """Open it.

        Args:
            always: paths that are served to the end and not waited for.
        """
        self._always = frozenset(always)
        self._in_hand = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._closed = False

    def close(self) -> None:
        """Refuse every further request; those in hand go on. Twice is a no-op."""
        self._closed = True

    async def finish(self, within_s: float) -> None:
        """Wait until nothing is in hand, but not for longer."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._idle.wait()

    def middleware(self) -> Middleware:
        """It stands inside the one for errors."""

        @web.middleware
        async def admit(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.path in self._always:
                return await handler(request)
            if self._closed:
                raise Refused(
                    503,
                    "unavailable",
                    "The service is stopping. Please try again.",
                    headers={"Retry-After": "2", "Connection": "close"},
                )
            self._in_hand += 1
            self._idle.clear()
            try:
                return await handler(request)
            finally:
                self._in_hand -= 1
                if not self._in_hand:
                    self._idle.set()

        return admit
