"""One broker as a process that can be killed, frozen and started again."""

import asyncio
import base64
import shutil
import signal
import subprocess
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aiokafka.client import AIOKafkaClient

from tests.brokers import jars

_MEMORY = ("-Xms64m", "-Xmx320m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_QUIET = ("-Djava.awt.headless=true", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn")
_PATIENCE_S = 120
_TEMPLATE = Path(__file__).with_name("server.properties").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where one node listens, all on 127.0.0.1."""

    clients: int
    brokers: int
    control: int
    advertised: int
    """What clients are told: `clients`, or the port of a proxy before it."""


class Broker:
    """A node of a cluster, in a folder of its own."""

    def __init__(
        self,
        folder: Path,
        node: int,
        ports: Ports,
        *,
        java: Sequence[str] = (),
        settings: str = "",
    ) -> None:
        self.node = node
        self._settings = settings
        self.ports = ports
        self._folder = folder
        self._java = java
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """What clients connect to."""
        return f"127.0.0.1:{self.ports.advertised}"

    @property
    def pid(self) -> int:
        """The running process."""
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        """What it has written so far: warnings and errors."""
        return (self._folder / "server.log").read_text(encoding="utf-8", errors="replace")

    def format(self, cluster_id: str, voters: str, replicas: int) -> None:
        """Make its folder: what Kafka's StorageTool writes, without starting a Java for it."""
        (self._folder / "data").mkdir(parents=True)
        meta = f"version=1\ncluster.id={cluster_id}\nnode.id={self.node}\n"
        meta += f"directory.id={random_uuid()}\n"
        (self._folder / "data" / "meta.properties").write_text(meta, encoding="utf-8")
        settings = (_TEMPLATE + self._settings).format(
            node=self.node,
            voters=voters,
            port=self.ports.clients,
            between=self.ports.brokers,
            control=self.ports.control,
            advertised=self.ports.advertised,
            folder=self._folder / "data",
            replicas=replicas,
            in_sync=min(replicas, 2),
        )
        (self._folder / "server.properties").write_text(settings, encoding="utf-8")

    def launch(self) -> None:
        """Start the process; it dies with ours."""
        words = ["java", *self._java, *_archived(self._java), *_MEMORY, *_QUIET]
        words += ["-cp", jars.class_path(), "kafka.Kafka", str(self._folder / "server.properties")]
        if shutil.which("setpriv"):
            words = ["setpriv", "--pdeathsig", "KILL", *words]
        with (self._folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    async def answers(self) -> None:
        """Wait until it serves clients.

        Raises:
            RuntimeError: it ended instead; its log is in the sentence.
            TimeoutError: nothing after two minutes.
        """
        async with asyncio.timeout(_PATIENCE_S):
            while not await self._serves():
                if not self.is_running:
                    raise RuntimeError(f"broker {self.node} ended: {self.log[-2000:]}")
                await asyncio.sleep(0.05)

    @property
    def is_running(self) -> bool:
        """Whether there is a process, frozen or not."""
        return self._process is not None and self._process.poll() is None

    async def kill(self) -> None:
        """kill -9: nothing is flushed, handed over or said. Twice is fine."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """SIGTERM: it hands its partitions over first."""
        await self._end(signal.SIGTERM)

    async def restart(self) -> None:
        """Start again on the same ports and folder, after killing it if it runs."""
        await self.kill()
        self.launch()
        await self.answers()

    def freeze(self) -> None:
        """SIGSTOP: its sockets stay open and nobody answers."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT: it goes on as if no time had passed."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    async def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        if self.is_running:
            self._process.send_signal(number)
        until = time.monotonic() + _PATIENCE_S
        while self.is_running and time.monotonic() < until:
            await asyncio.sleep(0.02)
        self._process.kill()
        self._process.wait()

    async def _serves(self) -> bool:
        """Whether it lists itself among the brokers that are alive; asked past any proxy."""
        if not await _listens(self.ports.clients):
            return False
        client = AIOKafkaClient(
            bootstrap_servers=f"127.0.0.1:{self.ports.clients}", request_timeout_ms=2000
        )
        try:
            await client.bootstrap()
            return any(broker.nodeId == self.node for broker in client.cluster.brokers())
        except (OSError, ConnectionError, TimeoutError):
            return False
        finally:
            await client.close()


def random_uuid() -> str:
    """An id as Kafka writes them: 128 bits in 22 characters."""
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "_")


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


def _archived(java: Sequence[str]) -> list[str]:
    if java or not jars.archive().is_file():
        return []
    return [f"-XX:SharedArchiveFile={jars.archive()}", "-Xlog:cds=off"]
