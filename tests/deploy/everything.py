"""The whole service as one process, as an operator starts it."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from deploy.embedded import EmbeddedPostgres

PATIENCE_S = 120


class Up:
    """A running `switchboard up`; what it prints is read all the time."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path) -> None:
        self.process = process
        self.data = folder / "data"
        self.printed = ""
        self.url = ""
        self._heard = asyncio.Event()
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stdout
        async for line in self.process.stdout:
            self.printed += line.decode()
            served = re.match(r"serving at (\S+)", line.decode())
            if served:
                self.url = served[1]
                self._heard.set()
        self._heard.set()

    async def until_serving(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            await self._heard.wait()
        assert self.url, self.printed

    async def end(self, with_signal: signal.Signals) -> int:
        self.process.send_signal(with_signal)
        return await self.ended()

    async def ended(self) -> int:
        """The exit status, once it is over and all that it printed is read."""
        status = await self.process.wait()
        await self._reading
        return status

    async def get(self, path: str) -> Any:
        async with aiohttp.ClientSession() as session, session.get(self.url + path) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def ask(self, question: str) -> Any:
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.url + "/api/v1/chat", json={"query": question}) as answer,
        ):
            assert answer.status == 200, await answer.text()
            return await answer.json()


@asynccontextmanager
async def up(
    folder: Path, *options: str, env: Mapping[str, str] | None = None
) -> AsyncIterator[Up]:
    """The service, until the end of the block; its data lie in the folder."""
    words = ("up", "--data-dir", str(folder / "data"), "--port", "0", *options)
    service = Up(await command(*words, env=env), folder)
    try:
        await service.until_serving()
        yield service
    finally:
        if service.process.returncode is None:
            await service.end(signal.SIGKILL)
        EmbeddedPostgres.open(folder / "data").close()


async def command(*words: str, env: Mapping[str, str] | None = None) -> asyncio.subprocess.Process:
    """A command of the terminal; what it prints comes by its output."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "deploy.cli", *words),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={"PATH": os.defpath, **(env or {})},
    )


async def said_by(*words: str, env: Mapping[str, str] | None = None) -> tuple[int | None, str]:
    """The exit status, and all that was printed."""
    process = await command(*words, env=env)
    out, _ = await process.communicate()
    return process.returncode, out.decode()
