"""A cluster of one broker, or of three with every record on two of them before it counts."""

import asyncio
import random
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Self

from tests.brokers.broker import Broker, Ports, random_uuid

Advertise = Callable[[int], Awaitable[int]]
"""Takes a broker's port, and returns the one that clients are to be told instead."""

_LOWEST, _HIGHEST = 20_000, 32_000  # below those that outgoing connections take


class Cluster:
    """Brokers that live as long as the `async with` they were started in."""

    def __init__(self, brokers: tuple[Broker, ...]) -> None:
        self.brokers = brokers
        self.bootstrap = ",".join(broker.address for broker in brokers)

    @classmethod
    @asynccontextmanager
    async def start(
        cls,
        folder: Path,
        *,
        brokers: int = 1,
        advertise: Advertise | None = None,
        java: Sequence[str] = (),
        settings: str = "",
    ) -> AsyncIterator[Self]:
        """Start it in an empty folder; at the end all brokers are killed.

        Args:
            folder: where the brokers write.
            brokers: how many; each record is kept by all, and counts when two have it.
            advertise: leads clients through something else, as a proxy; the brokers among
                themselves keep their direct way.
            java: further options for the virtual machine.
            settings: lines behind those of server.properties; the last of a name counts.
        """
        ports = await _ports(brokers, advertise)
        voters = ",".join(f"{n}@127.0.0.1:{p.control}" for n, p in enumerate(ports, 1))
        nodes = tuple(
            Broker(folder / f"broker-{n}", n, own, java=java, settings=settings)
            for n, own in enumerate(ports, 1)
        )
        cluster_id = random_uuid()
        try:
            for node in nodes:
                node.format(cluster_id, voters, brokers)
                node.launch()
            await asyncio.gather(*(node.answers() for node in nodes))
            yield cls(nodes)
        finally:
            await asyncio.gather(*(node.kill() for node in nodes))


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on at this moment, and no outgoing connection will take."""
    found: list[int] = []
    with ExitStack() as held:
        while len(found) < count:
            probe = held.enter_context(socket.socket())
            try:
                probe.bind(("127.0.0.1", random.randrange(_LOWEST, _HIGHEST)))
            except OSError:
                continue
            found.append(probe.getsockname()[1])
    return found


async def _ports(brokers: int, advertise: Advertise | None) -> list[Ports]:
    free = free_ports(3 * brokers)
    return [
        Ports(
            clients=clients,
            brokers=between,
            control=control,
            advertised=await advertise(clients) if advertise else clients,
        )
        for clients, between, control in zip(free[::3], free[1::3], free[2::3], strict=True)
    ]
