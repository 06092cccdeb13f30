"""Roles as processes of their own, as an operator starts them."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp

PATIENCE_S = 120


@dataclass
class Process:
    """A running `switchboard run ROLE...`."""

    roles: tuple[str, ...]
    process: asyncio.subprocess.Process
    printed: str = ""
    url: str = ""
    served: asyncio.Event = field(default_factory=asyncio.Event)
    reading: asyncio.Task[None] | None = None

    async def read(self) -> None:
        assert self.process.stdout
        async for line in self.process.stdout:
            self.printed += line.decode()
            self.url = self.url or _address(line)
            if self.url:
                self.served.set()
        self.served.set()

    async def until_ready(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            await self.served.wait()
            assert self.url, self.printed
            while (await self.asked("/readyz"))[0] != 200:
                await asyncio.sleep(0.05)

    async def asked(self, path: str) -> tuple[int, str]:
        """Status and text; (0, "") when nobody listens any more."""
        try:
            async with aiohttp.ClientSession() as session, session.get(self.url + path) as answer:
                return answer.status, await answer.text()
        except (aiohttp.ClientError, OSError):
            return 0, ""

    def tell_to_stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    async def ended(self) -> int:
        """The exit status, once it is over."""
        async with asyncio.timeout(PATIENCE_S):
            status = await self.process.wait()
            assert self.reading
            await self.reading
        return status


def _address(line: bytes) -> str:
    """Where the process serves, if the line says so."""
    if line.startswith(b"serving at "):
        return line.decode().split()[-1]
    try:
        told = json.loads(line)
    except ValueError:
        return ""
    return str(told["at"]) if told["event"] == "health is served" else ""


class Service:
    """Processes that share a database and an event log."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = {"PATH": os.defpath, **env}
        self.processes: list[Process] = []

    async def start(self, *roles: str) -> Process:
        """Start a process; it is not waited for."""
        running = Process(
            roles,
            await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "deploy.cli", "run", *roles, "--port", "0"),
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                env=self.env,
            ),
        )
        running.reading = asyncio.create_task(running.read())
        self.processes.append(running)
        return running

    async def kill(self) -> None:
        for running in self.processes:
            if running.process.returncode is None:
                running.process.kill()
            await running.ended()


@asynccontextmanager
async def service(env: Mapping[str, str]) -> AsyncIterator[Service]:
    """No process outlives it."""
    started = Service(env)
    try:
        yield started
    finally:
        await started.kill()
