"""A website on loopback, and the names that lead to it."""

import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

Answer = web.Response | str | bytes | Callable[[web.Request], Awaitable[web.StreamResponse]]


class Website:
    """Answers paths with what it was given, 404 otherwise, and keeps the requests."""

    def __init__(self, pages: Mapping[str, Answer]) -> None:
        self.pages = dict(pages)
        self.asked: list[str] = []
        self.headers: list[Mapping[str, str]] = []
        self.url = ""

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path_qs)
        self.headers.append(dict(request.headers))
        match self.pages.get(request.path_qs):
            case None:
                return web.Response(status=404)
            case str(text):
                return web.Response(text=text, content_type="text/html")
            case bytes(body):
                return web.Response(body=body, content_type="application/octet-stream")
            case web.Response() as response:
                # A response can be sent once only.
                return web.Response(
                    status=response.status, headers=response.headers, body=response.body
                )
            case handler:
                return await handler(request)

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Website"]:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(app)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            host, port = runner.addresses[0][:2]
            self.url = f"http://{host}:{port}"
            yield self
        finally:
            await runner.cleanup()


class ScriptedResolver(AbstractResolver):
    """Resolves the names it was given, and keeps what was asked."""

    def __init__(self, names: Mapping[str, list[str]]) -> None:
        self._names = names
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in self._names[host]
        ]

    async def close(self) -> None:
        """Nothing is held."""
