"""A TCP proxy on loopback that can be slow, silent or cut; for Kafka, Postgres and others."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Clear:
    """Everything passes at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slow:
    """Everything passes late."""

    latency_s: float = 0.0
    """Of each piece, in either direction."""
    bytes_per_s: float = float("inf")
    """In either direction of one connection."""


@dataclass(frozen=True, slots=True)
class Silent:
    """Connections stay open and can be opened, and nothing passes; what was sent passes later."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Connections are reset, and new ones too."""


Weather = Clear | Slow | Silent | Cut


class Proxy:
    """Stands before one server; `become` changes the weather for all its connections."""

    def __init__(self, target: int | Path) -> None:
        self.port = 0
        self.weather: Weather = Clear()
        self._target = target
        self._changed = asyncio.Event()
        self._open: set[asyncio.StreamWriter] = set()
        self._passing: set[asyncio.Task[None]] = set()

    @classmethod
    @asynccontextmanager
    async def start(cls, target: int | Path) -> AsyncIterator[Self]:
        """Stand before a port of 127.0.0.1, or before a Unix socket, until the block ends."""
        proxy = cls(target)
        server = await asyncio.start_server(proxy._accept, "127.0.0.1", 0)
        proxy.port = server.sockets[0].getsockname()[1]
        try:
            yield proxy
        finally:
            server.close()
            proxy.become(Cut())
            for task in proxy._passing:
                task.cancel()
            await asyncio.gather(*proxy._passing, return_exceptions=True)

    def become(self, weather: Weather) -> None:
        """Change at once, also for what is open."""
        self.weather = weather
        self._changed.set()
        self._changed = asyncio.Event()
        if isinstance(weather, Cut):
            for writer in self._open:
                writer.transport.abort()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if isinstance(self.weather, Cut):
            writer.transport.abort()
            return
        task = asyncio.create_task(self._join(reader, writer))
        self._passing.add(task)
        task.add_done_callback(self._passing.discard)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            there, back = await self._connect()
        except OSError:
            self._drop(writer)
            return
        self._open.add(back)
        try:
            await asyncio.gather(self._pass_on(reader, back), self._pass_on(there, writer))
        finally:
            self._drop(back)
            self._drop(writer)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._target, int):
            return await asyncio.open_connection("127.0.0.1", self._target)
        return await asyncio.open_unix_connection(self._target)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(_CHUNK):
                await self._hold(len(chunk))
                writer.write(chunk)
                await writer.drain()
        with contextlib.suppress(OSError, RuntimeError):
            writer.write_eof()

    async def _hold(self, size: int) -> None:
        """As long as the weather asks; a change of weather lets go at once."""
        while isinstance(self.weather, Silent):
            await self._changed.wait()
        if isinstance(self.weather, Slow):
            seconds = self.weather.latency_s + size / self.weather.bytes_per_s
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._changed.wait()

    def _drop(self, writer: asyncio.StreamWriter) -> None:
        self._open.discard(writer)
        writer.transport.abort()
