"""What the fakes of trackers share: issues, scripted faults, and a port on loopback."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

TOKEN, HOOK = "let-me-in", "calls-are-signed"


@dataclass
class FakeIssue:
    """One of the tracker's, in our words where it has other ones."""

    id: int
    marker: str
    title: str
    text: str
    state: str
    """As the tracker calls it."""
    comments: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Fault:
    """What becomes of the next request that changes something."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    done: bool = False
    """Whether it has its effect before."""
    drops: bool = False
    """The connection ends in place of a response."""


class FakeTracker:
    """A server; its subclasses speak as each product does."""

    hidden = 0
    """How many searches do not find anything: an index that is late."""

    def __init__(self) -> None:
        self.url = ""
        self.issues: dict[int, FakeIssue] = {}
        self.faults: list[Fault] = []
        self.down = False
        self.asked: list[str] = []
        self.hold: asyncio.Event | None = None
        """Waited for after a request has had its effect."""
        self.taken = asyncio.Event()
        self._next = 100

    def routes(self, router: web.UrlDispatcher) -> None:
        raise NotImplementedError

    def signed_in(self, request: web.Request) -> bool:
        raise NotImplementedError

    def refused(self) -> web.Response:
        return web.json_response({"message": "no"}, status=401)

    def add(self, marker: str, title: str, text: str, state: str) -> FakeIssue:
        self._next += 1
        issue = FakeIssue(self._next, marker, title, text, state)
        self.issues[issue.id] = issue
        return issue

    def marked(self, marker: str) -> list[FakeIssue]:
        return [one for one in self.issues.values() if one.marker == marker]

    def is_hidden(self) -> bool:
        self.hidden -= 1
        return self.hidden >= 0

    @web.middleware
    async def _front(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path}")
        if self.down:
            return web.Response(status=502, text="<html>Bad gateway</html>")
        if not self.signed_in(request):
            return self.refused()
        if request.method == "GET" or "search" in request.path:
            return await handler(request)
        if not self.faults:
            made = await handler(request)
            self.taken.set()
            if self.hold is not None:
                await self.hold.wait()
            return made
        fault = self.faults.pop(0)
        if fault.done:
            await handler(request)
        if fault.drops and request.transport:
            request.transport.abort()
        return web.json_response({}, status=fault.status or 500, headers=dict(fault.headers))

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Self]:
        app = web.Application(middlewares=[self._front])
        self.routes(app.router)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            host, port = runner.addresses[0][:2]
            self.url = f"http://{host}:{port}"
            yield self
        finally:
            await runner.cleanup()


def encoded(body: object) -> bytes:
    return json.dumps(body).encode()
