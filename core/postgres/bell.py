"""Wake-ups: whoever waits for a topic looks again, in this process at once, in others soon.

A bell says "look", never what there is: a lost ring costs the polling interval, nothing else. It
is rung after the commit. NOTIFY inside a writing transaction would take Postgres's one lock for
all notifying commits (src/backend/commands/async.c), and so put every commit in one queue.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Self

from core.postgres.failures import BROKEN
from core.postgres.signals import Signals

_CHANNEL = "switchboard_bell"
_PAUSE_S = 0.01


class Ear:
    """One that waits for topics. It is woken by rings from its last `clear` on."""

    def __init__(self, bell: "Bell", topics: Iterable[str]) -> None:
        self._bell = bell
        self._topics = tuple(topics)
        self._rung = asyncio.Event()

    def clear(self) -> None:
        """Forget earlier rings; call it before looking, not after."""
        self._rung.clear()

    def wake(self) -> None:
        """As a ring does, for this one only."""
        self._rung.set()

    async def wait(self, timeout_s: float) -> None:
        """Until it rings, or the time is over."""
        if self._rung.is_set():
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._rung.wait()

    def close(self) -> None:
        """Hear no more."""
        self._bell._forget(self, self._topics)


class Bell:
    """Rings in this process, and for all rings of a few milliseconds once in the others."""

    def __init__(self, signals: Signals) -> None:
        self.signals = signals
        self._ears: dict[str, set[Ear]] = {}
        self._unsent: set[str] = set()
        self._something = asyncio.Event()
        self._sender: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, signals: Signals) -> Self:
        """Rings travel over these signals, which must stay open longer than the bell."""
        bell = cls(signals)
        await signals.hear(_CHANNEL, bell._heard)
        signals.on_back(bell._wake_all)
        bell._sender = asyncio.create_task(bell._send())
        return bell

    async def close(self) -> None:
        """Send what is unsent. Twice is a no-op."""
        sender, self._sender = self._sender, None
        if sender is None:
            return
        sender.cancel()
        with suppress(asyncio.CancelledError):
            await sender
        await self._flush()

    def ring(self, topic: str) -> None:
        """Tell that the topic has something new; returns at once and never raises."""
        for ear in self._ears.get(topic, ()):
            ear.wake()
        if not self.signals.alone:
            self._unsent.add(topic)
            self._something.set()

    def ear(self, *topics: str) -> Ear:
        """One that is woken by rings of these topics, until it is closed."""
        ear = Ear(self, topics)
        for topic in topics:
            self._ears.setdefault(topic, set()).add(ear)
        return ear

    async def _send(self) -> None:
        while True:
            await self._something.wait()
            await self._flush()
            await asyncio.sleep(_PAUSE_S)

    async def _flush(self) -> None:
        self._something.clear()
        topics, self._unsent = self._unsent, set()
        if topics:
            with suppress(*BROKEN):
                await self.signals.notify(_CHANNEL, [",".join(topics)])

    def _heard(self, payload: str) -> None:
        for topic in payload.split(","):
            for ear in self._ears.get(topic, ()):
                ear.wake()

    def _wake_all(self) -> None:
        for ears in self._ears.values():
            for ear in ears:
                ear.wake()

    def _forget(self, ear: Ear, topics: tuple[str, ...]) -> None:
        for topic in topics:
            self._ears.get(topic, set()).discard(ear)
