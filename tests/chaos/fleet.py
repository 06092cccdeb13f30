"""The product as a fleet of processes, with the servers they use."""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

import aiohttp

from tests.brokers.broker import Broker
from tests.brokers.cluster import Cluster, free_ports
from tests.brokers.proxy import Proxy
from tests.chaos.postgres import Postgres
from tests.chaos.process import Process

Kind = Literal["single", "postgres", "kafka"]
"""`single` is `switchboard up`; the others are a process for every role, by their event log."""
_WORKERS, _DISPATCHERS, _BROKERS = 2, 2, 3
_READY_S = 120
_SERVING = ("up", "gateway")
_ENV = {
    "SWITCHBOARD_DEPLOY__LOG_FORMAT": "json",
    "SWITCHBOARD_DEPLOY__TENANT_CONNECTIONS": "8",
    "SWITCHBOARD_DEPLOY__SERVICE_CONNECTIONS": "5",
    "SWITCHBOARD_CHANNELS__SAYS_PER_SECOND": "1000",
    "SWITCHBOARD_CHANNELS__SAYS_BURST": "1000",
    "SWITCHBOARD_CORE__DRAIN_S": "5",
}


@dataclass(frozen=True, slots=True)
class Ended:
    """A process that nobody killed, and its exit status."""

    name: str
    status: int


class Fleet:
    """Processes under a supervisor that starts again what ends by itself."""

    def __init__(self, folder: Path, postgres: Postgres, env: Mapping[str, str]) -> None:
        self.postgres = postgres
        self.brokers: tuple[Broker, ...] = ()
        self.links: tuple[Proxy, ...] = ()
        """One before each broker."""
        self.processes: dict[str, Process] = {}
        self.ended: list[Ended] = []
        self._port = free_ports(1)[0]
        self.url = f"http://127.0.0.1:{self._port}"
        """Of the gateway."""
        self._folder = folder
        self._env = {**_ENV, "SWITCHBOARD_DEPLOY__PORT": str(self._port), **env}

    @classmethod
    @asynccontextmanager
    async def start(cls, kind: Kind, folder: Path, platform: str) -> AsyncIterator[Self]:
        """In an empty folder, ready to serve, until the block ends.

        Args:
            kind: see there.
            folder: of the servers' data and all logs.
            platform: address of the platform that pushed messages go to.
        """
        async with AsyncExitStack() as closing:
            postgres = await closing.enter_async_context(Postgres.start(folder / "data"))
            fleet = cls(folder, postgres, {"DATABASE_URL": postgres.url})
            if kind == "kafka":
                await fleet._start_brokers(closing)
            closing.push_async_callback(fleet._end)
            await fleet._start_processes(kind, platform)
            supervising = asyncio.create_task(fleet._supervise())
            try:
                yield fleet
            finally:
                supervising.cancel()

    def add(self, name: str, *words: str) -> Process:
        """Start one more process."""
        words = (sys.executable, "-m", *words)
        port = self._port
        if name not in _SERVING:
            (port,) = free_ports(1)
        env = {**self._env, "SWITCHBOARD_DEPLOY__HEALTH_PORT": str(port)}
        process = Process(name, words, env, log=self._folder / f"{name}.log", port=port)
        self.processes[name] = process
        process.start()
        return process

    def worker(self, name: str, platform: str) -> Process:
        """Start one more worker."""
        return self.add(name, "tests.chaos.role", "worker", "--platform", platform)

    async def ready(self) -> None:
        """Wait until customers are let in.

        Raises:
            TimeoutError: not within two minutes.
        """
        await ready(self.url)

    def unknown_resolved(self) -> dict[str, int]:
        """What dispatchers found out about sendings that may have arrived, from their logs."""
        found: Counter[str] = Counter()
        for log in self._folder.glob("dispatcher-*.log"):
            for line in log.read_text("utf-8", errors="replace").splitlines():
                # A process that is killed while it writes leaves half a line.
                if '"unknown delivery"' in line and line.endswith("}"):
                    found[json.loads(line)["resolved"]] += 1
        return dict(found)

    async def _start_brokers(self, closing: AsyncExitStack) -> None:
        links: list[Proxy] = []

        async def through_a_link(port: int) -> int:
            links.append(await closing.enter_async_context(Proxy.start(port)))
            return links[-1].port

        started = Cluster.start(self._folder, brokers=_BROKERS, advertise=through_a_link)
        cluster = await closing.enter_async_context(started)
        self.brokers, self.links = cluster.brokers, tuple(links)
        self._env["KAFKA_BOOTSTRAP_SERVERS"] = cluster.bootstrap

    async def _start_processes(self, kind: Kind, platform: str) -> None:
        if kind == "single":
            self.add("up", "deploy.cli", "up", "--knowledge", str(_documents(self._folder)))
            await self.ready()
            return
        role = ("tests.chaos.role", "--platform", platform)
        self.add("gateway", *role, "gateway")
        await self.ready()  # it makes the tables that all of them need
        for n in range(_WORKERS):
            self.worker(f"worker-{n + 1}", platform)
        self.add("relay", "deploy.cli", "run", "relay")
        for n in range(_DISPATCHERS):
            self.add(f"dispatcher-{n + 1}", *role, "dispatcher")
        await asyncio.gather(*(ready(process.url) for process in self.processes.values()))

    async def _supervise(self) -> None:
        while True:
            for process in tuple(self.processes.values()):
                status = process.status
                if process.wanted and status is not None:
                    self.ended.append(Ended(process.name, status))
                    process.start()
            await asyncio.sleep(0.5)

    async def _end(self) -> None:
        await asyncio.gather(*(process.kill() for process in self.processes.values()))


async def ready(url: str) -> None:
    """Wait until the process there can do its work.

    Raises:
        TimeoutError: not within two minutes.
    """
    async with aiohttp.ClientSession() as session, asyncio.timeout(_READY_S):
        while not await _is_ready(session, url):
            await asyncio.sleep(0.05)


async def _is_ready(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url + "/readyz") as answer:
            return answer.status == 200
    except (aiohttp.ClientError, OSError):
        return False


def _documents(folder: Path) -> Path:
    """What the single process answers from."""
    documents = folder / "documents"
    documents.mkdir(exist_ok=True)
    text = "# Delivery\n\nParcels to Canada take five working days, to Norway three.\n"
    (documents / "help.md").write_text(text, encoding="utf-8")
    return documents
