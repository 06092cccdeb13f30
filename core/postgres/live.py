"""Live signs over Postgres: at once within the process, by NOTIFY to the others."""

import asyncio
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import replace
from typing import Self

from prometheus_client import Counter

from core.domain.events import Delta, LiveEvent
from core.domain.ids import ConversationId
from core.listening import Listeners
from core.ports import Listening, Live
from core.postgres.failures import BROKEN
from core.postgres.signals import Signals
from core.wire.live import decode, encode_one, join

_CHANNEL = "switchboard_live"
_PAUSE_S = 0.005
_MOST = 7_900  # bytes; NOTIFY takes payloads below 8,000
_ROOM = 40  # for the payload's version, number and brackets
_PIECE = 1_200  # characters of a delta; none takes more than six bytes in JSON
_BEHIND = 10_000  # events; more than that are not worth telling any more


class PostgresLive(Live):
    """Tells its own listeners directly; what others should hear leaves every few milliseconds."""

    def __init__(self, signals: Signals, dropped: Counter | None = None) -> None:
        self._signals = signals
        self._dropped = dropped
        self._listeners = Listeners()
        self._unsent: list[LiveEvent] = []
        self._something = asyncio.Event()
        self._sender: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, signals: Signals, dropped: Counter | None = None) -> Self:
        """Signs travel over these signals, which must stay open for longer.

        Args:
            signals: the process's connection to the others.
            dropped: counts events that other processes were not told.
        """
        live = cls(signals, dropped)
        await signals.hear(_CHANNEL, live._heard)
        live._sender = asyncio.create_task(live._send())
        return live

    async def close(self) -> None:
        """Send what is unsent. Twice is a no-op."""
        sender, self._sender = self._sender, None
        if sender is None:
            return
        sender.cancel()
        with suppress(asyncio.CancelledError):
            await sender
        await self._flush()

    def tell(self, event: LiveEvent) -> None:
        self._listeners.tell(event)
        if self._signals.alone:
            return
        if len(self._unsent) >= _BEHIND:
            self._count_dropped(1)
            return
        self._unsent.append(event)
        self._something.set()

    def listen(self, conversation: ConversationId) -> AbstractAsyncContextManager[Listening]:
        return self._listeners.listen(conversation)

    def overhear(self) -> AbstractAsyncContextManager[Listening]:
        return self._listeners.overhear()

    async def _send(self) -> None:
        while True:
            await self._something.wait()
            await self._flush()
            await asyncio.sleep(_PAUSE_S)

    async def _flush(self) -> None:
        self._something.clear()
        events, self._unsent = self._unsent, []
        if not events:
            return
        try:
            await self._signals.notify(_CHANNEL, list(_payloads(events)))
        except BROKEN:
            self._count_dropped(len(events))

    def _heard(self, payload: str) -> None:
        for event in decode(payload):
            self._listeners.tell(event)

    def _count_dropped(self, events: int) -> None:
        if self._dropped is not None:
            self._dropped.inc(events)


def _payloads(events: list[LiveEvent]) -> Iterator[str]:
    """The events in as few payloads as NOTIFY allows, in order."""
    batch: list[bytes] = []
    size, number = _ROOM, 0
    for event in _cut(events):
        encoded = encode_one(event)
        if batch and size + len(encoded) + 1 > _MOST:
            yield join(batch, number)
            number += 1
            batch, size = [], _ROOM
        batch.append(encoded)
        size += len(encoded) + 1
    if batch:
        yield join(batch, number)


def _cut(events: list[LiveEvent]) -> Iterator[LiveEvent]:
    """The events, with long deltas in pieces; their listeners merge them again."""
    for event in events:
        if isinstance(event, Delta) and len(event.text) > _PIECE:
            for start in range(0, len(event.text), _PIECE):
                text = event.text[start : start + _PIECE]
                yield replace(event, text=text, at=event.at + start)
        else:
            yield event
