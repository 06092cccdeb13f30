"""A desk of somebody else's that takes signed calls as handoff/events/README.md tells it to."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

from aiohttp import web
from aiohttp.test_utils import TestServer

SECRET = "the-desk-and-we-know-it"
HANGS_UP = 0
"""In the place of a status: the call is taken, and its end is never told."""


class FakeOtherDesk:
    """Keeps each event once, in the order in which it came; a wrong signature is refused."""

    def __init__(self, secret: str = SECRET) -> None:
        self._secret = secret
        self.events: list[dict[str, Any]] = []
        self.calls: list[tuple[str, bytes]] = []
        self.statuses: list[int] = []
        """What the next calls are answered with; a success where it is empty."""
        self.taken: asyncio.Event | None = None
        """If it is there, calls are answered when it is set; they were taken before."""
        self.began = asyncio.Event()
        self.headers: dict[str, str] = {}
        self.url = ""

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Self]:
        app = web.Application()
        app.router.add_post("/events", self._take)
        async with TestServer(app) as server:
            self.url = str(server.make_url("/events"))
            yield self

    async def until(self, *types: str) -> list[dict[str, Any]]:
        """The events, once they are just these."""
        async with asyncio.timeout(60):
            while self.types != list(types):
                self.began.clear()
                await self.began.wait()
        return self.events

    @property
    def types(self) -> list[str]:
        return [event["type"].removeprefix("handoff.") for event in self.events]

    async def _take(self, request: web.Request) -> web.Response:
        body, at = await request.read(), request.headers["Switchboard-Timestamp"]
        mac = hmac.new(self._secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        if request.headers["Switchboard-Signature"] != f"v1={mac}":
            return web.Response(status=401)
        event = json.loads(body)
        assert request.headers["Idempotency-Key"] == event["id"]
        self.calls.append((event["id"], body))
        status = self.statuses.pop(0) if self.statuses else 200
        if status < 300 and event["id"] not in {one["id"] for one in self.events}:
            self.events.append(event)
        self.began.set()
        if status == HANGS_UP and request.transport is not None:
            request.transport.close()
        if self.taken is not None:
            await self.taken.wait()
        return web.Response(status=status or 200, text="ok", headers=self.headers)
