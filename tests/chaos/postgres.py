"""The storm's own Postgres, which is restarted the hard way, and whose link can be spoiled."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, urlsplit

from deploy.embedded import EmbeddedPostgres
from tests.brokers.proxy import Proxy


class Postgres:
    """An embedded server that is restarted the hard way; `url` leads through `link`."""

    def __init__(self, data: Path, server: EmbeddedPostgres, link: Proxy) -> None:
        self.link = link
        self.url = f"postgresql://postgres@127.0.0.1:{link.port}/switchboard?sslmode=disable"
        self._data = data
        self._server = server

    @classmethod
    @asynccontextmanager
    async def start(cls, data: Path) -> AsyncIterator[Self]:
        """In this data folder, until the block ends."""
        server = await asyncio.to_thread(EmbeddedPostgres.open, data)
        address = parse_qs(urlsplit(server.dsn).query)
        socket = Path(address["host"][0]) / f".s.PGSQL.{address['port'][0]}"
        async with Proxy.start(socket) as link:
            postgres = cls(data, server, link)
            try:
                yield postgres
            finally:
                await asyncio.to_thread(postgres._server.close)

    @property
    def dsn(self) -> str:
        """Past the link."""
        return self._server.dsn

    async def kill(self) -> None:
        """kill -9 of the whole family; the next start recovers from the log."""
        for pid in _family(self._postmaster()):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    async def stop_immediately(self) -> None:
        """SIGQUIT: it leaves without writing anything out."""
        pid = self._postmaster()
        os.kill(pid, signal.SIGQUIT)
        async with asyncio.timeout(30):
            while not _is_dead(pid):
                await asyncio.sleep(0.02)

    async def start_again(self) -> None:
        """Wait until it serves."""
        before = self._server
        self._server = await asyncio.to_thread(EmbeddedPostgres.open, self._data)
        await asyncio.to_thread(before.close)

    def _postmaster(self) -> int:
        return int((self._data / "postgres" / "postmaster.pid").read_text().split()[0])


def _family(pid: int) -> list[int]:
    children = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            children.append(int(status.parent.name))
    return [pid, *children]


def _is_dead(pid: int) -> bool:
    """Whether it only waits for its parent to ask for its status."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True
