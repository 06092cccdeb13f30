"""Runs roles in one process, until it is asked to stop.

They stop in an order that loses nothing: no new customers, the turns in hand, what they said,
its delivery. Whoever asks how the process is gets an answer to the end.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Protocol

import structlog
from aiohttp import web

from channels.gateway import GATEWAY
from channels.gateway import runner as http_runner
from core.domain.errors import SetupError
from deploy.address import address_of
from deploy.readiness import Readiness

_log = structlog.get_logger(__name__)
_HTTP_S = 10
_AT_ONCE = 130
"""Exit status of a program that Ctrl-C ended."""


class Role(StrEnum):
    """What a process can do, in the order in which they stop."""

    GATEWAY = "gateway"
    WORKER = "worker"
    RELAY = "relay"
    DISPATCHER = "dispatcher"
    DESK = "desk"


class Part(Protocol):
    """A role at work."""

    async def run(self) -> None:
        """Work until `stop`, and finish what is in hand; cancelled, end at once."""
        ...

    def stop(self) -> None:
        """Begin to end. Twice is a no-op."""
        ...


class Notice(Part):
    """The first to stop: says not ready, and gives load balancers time to look elsewhere."""

    def __init__(self, readiness: Readiness, wait_s: float) -> None:
        self._readiness = readiness
        self._wait_s = wait_s
        self._stop = asyncio.Event()

    async def run(self) -> None:
        await self._stop.wait()
        await asyncio.sleep(self._wait_s)

    def stop(self) -> None:
        self._readiness.stopping = True
        self._stop.set()


class GatewayPart(Part):
    """The customers' requests and sockets; a server part brings them."""

    def __init__(self, app: web.Application) -> None:
        self._app = app
        self._stop = asyncio.Event()

    async def run(self) -> None:
        await self._stop.wait()
        await self._app[GATEWAY].drain(_HTTP_S)

    def stop(self) -> None:
        self._stop.set()


class ServerPart(Part):
    """An HTTP application on its port, to the end; `told` hears the address when it is served."""

    def __init__(
        self, app: web.Application, host: str, port: int, told: Callable[[str], None]
    ) -> None:
        self._app = app
        self._host = host
        self._port = port
        self._told = told
        self._stop = asyncio.Event()

    async def run(self) -> None:
        runner = http_runner(self._app, shutdown_s=_HTTP_S)
        await runner.setup()
        try:
            site = web.TCPSite(runner, self._host, self._port, reuse_address=True)
            try:
                await site.start()
            except OSError as refused:
                raise SetupError(
                    f"{self._host}:{self._port} cannot be served: {refused.strerror};"
                    " pass another --port"
                ) from refused
            self._told(address_of(self._host, runner.addresses[0][1]))
            await self._stop.wait()
        finally:
            await runner.cleanup()

    def stop(self) -> None:
        self._stop.set()


async def run_all(parts: Sequence[Part], stop: asyncio.Event) -> None:
    """Run the parts until `stop`, then end them one after the other, in their order.

    Raises:
        ExceptionGroup: a part failed; the others were cancelled.
    """
    async with asyncio.TaskGroup() as tasks:
        running = [(part, tasks.create_task(part.run())) for part in parts]
        await stop.wait()
        for part, task in running:
            part.stop()
            await asyncio.wait([task])


@asynccontextmanager
async def asked_to_stop() -> AsyncIterator[asyncio.Event]:
    """Set by SIGTERM and Ctrl-C; the second of them ends the process where it stands.

    That loses nothing: what was accepted is stored, and taken up by the next start.
    """
    stop = asyncio.Event()

    def asked() -> None:
        if stop.is_set():
            os._exit(_AT_ONCE)
        _log.info("stopping; once more ends it at once")
        stop.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked)
    try:
        yield stop
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
