"""The product as a process that can be killed."""

import asyncio
import os
import signal
import socket
import sys
import time
from pathlib import Path

import aiohttp


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Service:
    """`switchboard up` on a folder of its own, started again after every kill."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._options = options
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, patience_s: float = 120) -> float:
        """Start, and wait until it is ready; the seconds it took."""
        begun = time.monotonic()
        log = (self.folder / "service.log").open("ab")
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "deploy.cli",
            "up",
            "--data-dir",
            str(self.folder / "data"),
            "--port",
            str(self.port),
            *self._options,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()
        async with aiohttp.ClientSession() as session, asyncio.timeout(patience_s):
            while not await self._ready(session):
                if self._process.returncode is not None:
                    raise RuntimeError((self.folder / "service.log").read_text()[-2000:])
                await asyncio.sleep(0.05)
        return time.monotonic() - begun

    async def kill(self) -> None:
        """kill -9: nothing is flushed, closed or said."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGKILL)
        await self._process.wait()

    async def stop(self) -> int:
        """SIGTERM, and its exit code."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.terminate()
        return await self._process.wait()

    async def _ready(self, session: aiohttp.ClientSession) -> bool:
        try:
            async with session.get(self.url + "/readyz") as answer:
                return answer.status == 200
        except (aiohttp.ClientError, OSError):
            return False


async def kill_postgres(data: Path) -> None:
    """kill -9 of the embedded server's whole family; its next start recovers from the log."""
    pid = int((data / "postgres" / "postmaster.pid").read_text().split()[0])
    for child in _family(pid):
        try:
            os.kill(child, signal.SIGKILL)
        except ProcessLookupError:
            continue


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
