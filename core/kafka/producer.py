"""Appends records, and is not held up for ever by brokers that are away."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError

from core.domain.errors import LogUnavailable, RecordRefused
from core.kafka.brokers import Brokers
from core.kafka.connect import end, unavailable, within

_START_S = 15.0
_STOP_S = 5.0
_BATCH_BYTES = 256 * 1024
_MOST_BYTES = 1024 * 1024
_log = structlog.get_logger(__name__)

Outgoing = tuple[str, int, bytes, bytes, list[tuple[str, bytes]]]
"""Topic, partition, key, value, headers."""


class Producer:
    """One idempotent producer at a time, acknowledged by all replicas in sync.

    An idempotent producer never gives up a batch, so a call that takes too long is answered with
    `LogUnavailable` and the whole producer is replaced. What the old one may still bring through
    comes twice then: never in another order, for each producer sends its own in order and the
    new one begins with what was not acknowledged.
    """

    def __init__(self, brokers: Brokers, append_s: float) -> None:
        """Not yet connected.

        Args:
            brokers: where they are.
            append_s: how long acknowledgement is waited for.
        """
        self._brokers = brokers
        self._append_s = append_s
        self._current: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()
        self._leavings: set[asyncio.Task[None]] = set()
        self.replaced = 0
        """How often one was given up."""

    async def append(self, records: Sequence[Outgoing]) -> None:
        """Make the records durable, in the order given within each partition.

        Raises:
            LogUnavailable: some may be stored and some not.
            RecordRefused: the brokers will not take one of them, whoever asks.
        """
        producer = await self._ready()
        try:
            with unavailable():
                await within(self._append_s, _send(producer, records))
        except LogUnavailable:
            self._give_up(producer)
            raise

    async def close(self) -> None:
        """Send what is unsent, for as long as that takes little time. Twice is a no-op."""
        producer, self._current = self._current, None
        if producer is not None:
            await _close(producer)
        while self._leavings:
            await asyncio.wait(self._leavings)

    async def _ready(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._current is None:
                self._current = await _start(self._brokers)
            return self._current

    def _give_up(self, producer: AIOKafkaProducer) -> None:
        if self._current is not producer:
            return
        self._current = None
        self.replaced += 1
        _log.warning("the producer is replaced")
        leaving = asyncio.create_task(_close(producer))
        self._leavings.add(leaving)
        leaving.add_done_callback(self._leavings.discard)


async def _start(brokers: Brokers) -> AIOKafkaProducer:
    producer = AIOKafkaProducer(
        **brokers.options(),
        acks="all",
        enable_idempotence=True,
        linger_ms=0,
        max_batch_size=_BATCH_BYTES,
        max_request_size=_MOST_BYTES,
    )
    try:
        with unavailable():
            await within(_START_S, producer.start())
    except BaseException:
        await _close(producer)
        raise
    return producer


async def _send(producer: AIOKafkaProducer, records: Sequence[Outgoing]) -> None:
    acknowledged: list[asyncio.Future[Any]] = []
    try:
        for topic, partition, key, value, headers in records:
            acknowledged.append(
                await producer.send(
                    topic, value=value, key=key, partition=partition, headers=headers
                )
            )
        await asyncio.gather(*acknowledged)
    except MessageSizeTooLargeError as large:
        await asyncio.gather(*acknowledged, return_exceptions=True)
        raise RecordRefused("a record is larger than the event log takes") from large
    finally:
        for one in acknowledged:  # heard or not, none of them may complain at its end
            one.add_done_callback(lambda ended: ended.cancelled() or ended.exception())


async def _close(producer: AIOKafkaProducer) -> None:
    """Stop it; what does not stop in time loses its sender and its connections."""
    if await end(producer.stop(), _STOP_S):
        return
    sender = producer._sender.sender_task
    if sender is not None:
        sender.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await sender
    await end(producer.client.close(), 1)
