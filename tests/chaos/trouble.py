"""What is done to a fleet, by seed: one hand for its processes, one for servers and links."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from tests.brokers.proxy import Clear, Cut, Proxy, Silent, Slow, Weather
from tests.chaos.fleet import Fleet

Deed = Callable[[random.Random], Awaitable[str]]
"""Does it, undoes it after a while, and says what it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Malice:
    """How bad it gets."""

    gap_s: float
    """Between two deeds of one hand, on average."""
    longest_s: float
    """How long something stays frozen, dead or cut at most."""


class Trouble:
    """Goes on until it is over, and leaves everything mended."""

    def __init__(self, fleet: Fleet, seed: int, malice: Malice) -> None:
        self.done: Counter[str] = Counter()
        self.over = asyncio.Event()
        self._fleet = fleet
        self._seed = seed
        self._malice = malice

    async def make(self) -> None:
        """Both hands at once."""
        async with asyncio.TaskGroup() as hands:
            hands.create_task(self._hand("processes", (self._process,)))
            servers = [self._postgres, self._postgres_link]
            if self._fleet.brokers:
                servers += [self._broker, self._broker, self._broker_links]
            hands.create_task(self._hand("servers", tuple(servers)))

    async def _hand(self, name: str, deeds: tuple[Deed, ...]) -> None:
        dice = random.Random(f"{self._seed}-{name}")
        while not self.over.is_set():
            await self._pause(dice.uniform(0, 2 * self._malice.gap_s))
            if not self.over.is_set():
                self.done[await dice.choice(deeds)(dice)] += 1

    async def _process(self, dice: random.Random) -> str:
        process = self._fleet.processes[dice.choice(sorted(self._fleet.processes))]
        deed = dice.choices(("kill", "freeze", "stop"), (6, 3, 1))[0]
        match deed:
            case "freeze":
                process.freeze()
                await self._pause(self._while(dice))
                process.thaw()
            case "kill":
                await process.kill()
                await self._pause(dice.uniform(0, 1))
                process.start()
            case _:
                await process.stop()
                process.start()
        if len(self._fleet.processes) == 1:  # or it would be starting all the time
            with suppress(TimeoutError):
                await self._fleet.ready()
        return f"{deed} {process.name.split('-')[0]}"

    async def _postgres(self, dice: random.Random) -> str:
        postgres = self._fleet.postgres
        if dice.random() < 0.5:
            deed = "kill postgres"
            await postgres.kill()
        else:
            deed = "stop postgres at once"
            await postgres.stop_immediately()
        await postgres.start_again()
        return deed

    async def _postgres_link(self, dice: random.Random) -> str:
        return f"{await self._spoil((self._fleet.postgres.link,), dice)} postgres's link"

    async def _broker(self, dice: random.Random) -> str:
        broker = dice.choice(self._fleet.brokers)
        if dice.random() < 0.6:
            await broker.kill()
            await self._pause(self._while(dice))
            await broker.restart()
            return "kill broker"
        broker.freeze()
        await self._pause(self._while(dice))
        broker.thaw()
        return "freeze broker"

    async def _broker_links(self, dice: random.Random) -> str:
        if dice.random() < 0.5:
            return f"{await self._spoil(self._fleet.links, dice)} all brokers' links"
        return f"{await self._spoil((dice.choice(self._fleet.links),), dice)} a broker's link"

    async def _spoil(self, links: tuple[Proxy, ...], dice: random.Random) -> str:
        bad: dict[str, Weather] = {
            "cut": Cut(),
            "silence": Silent(),
            "slow": Slow(latency_s=dice.uniform(0.01, 0.3), bytes_per_s=500_000),
        }
        kind = dice.choice(sorted(bad))
        for link in links:
            link.become(bad[kind])
        await self._pause(self._while(dice))
        for link in links:
            link.become(Clear())
        return kind

    def _while(self, dice: random.Random) -> float:
        return dice.uniform(0.2, self._malice.longest_s)

    async def _pause(self, seconds: float) -> None:
        """Shorter when it is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.over.wait()
