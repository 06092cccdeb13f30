"""Live signs over Kafka: at once within the process, by the topic `live` to the others.

A process in which somebody listens reads the whole topic from its end, in no group; the others
only write. Nothing is tried twice: a sign that comes late is worth less than one that is lost.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from itertools import groupby
from operator import itemgetter
from typing import Any, Self
from uuid import uuid4

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from prometheus_client import Counter

from core.domain.errors import LogUnavailable, SetupError
from core.domain.events import LiveEvent
from core.domain.ids import ConversationId
from core.kafka.brokers import Brokers
from core.kafka.connect import end, unavailable, within
from core.kafka.topics import LIVE, Layout
from core.listening import Listeners
from core.partitioning import partition_of
from core.ports import Listening, Live
from core.telemetry.following import current
from core.wire.live import decode, encode_one, join

_FROM = "from"
_PAUSE_S = 0.02
"""Between two sendings: a record for each piece of each answer would cost more than the answers,
and nobody reads faster than this."""
_SEND_S = 2.0
_START_S = 15.0
_FIRST_S = 5.0
"""Listeners wait so long from the first one on for hearing to begin, then go on without."""
_STOP_S = 5.0
_REST_S = 1.0
_FETCH_MS = 1_000
_MOST_BYTES = 128 * 1024
_BEHIND = 10_000  # events; more than that are not worth telling any more
_log = structlog.get_logger(__name__)


class KafkaLive(Live):
    """Tells its own listeners directly; what others should hear leaves every few milliseconds."""

    def __init__(self, brokers: Brokers, layout: Layout, dropped: Counter | None = None) -> None:
        self._brokers = brokers
        self._layout = layout
        self._dropped = dropped
        self._me = uuid4().bytes
        self._listeners = Listeners()
        self._unsent: list[tuple[LiveEvent, str]] = []
        """Each with the traceparent of who told it."""
        self._something = asyncio.Event()
        self._sending: asyncio.Task[None] | None = None
        self._hearing: asyncio.Task[None] | None = None
        self._hears = asyncio.Event()
        self._patient_until = 0.0

    @classmethod
    async def open(cls, brokers: Brokers, layout: Layout, dropped: Counter | None = None) -> Self:
        """Ready to tell; hearing begins with the first listener.

        Brokers may be away: others hear nothing until they are back.

        Args:
            brokers: where they are.
            layout: how the topic is called.
            dropped: counts events that other processes were not told.
        """
        live = cls(brokers, layout, dropped)
        live._sending = asyncio.create_task(live._send())
        return live

    async def close(self) -> None:
        """Send what is unsent. Twice is a no-op."""
        tasks = [task for task in (self._sending, self._hearing) if task is not None]
        self._sending = self._hearing = None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def tell(self, event: LiveEvent) -> None:
        self._listeners.tell(event)
        if len(self._unsent) >= _BEHIND:
            self._count_dropped(1)
            return
        self._unsent.append((event, current()))
        self._something.set()

    @asynccontextmanager
    async def listen(self, conversation: ConversationId) -> AsyncIterator[Listening]:
        async with self._listeners.listen(conversation) as listening:
            await self._until_hearing()
            yield listening

    @asynccontextmanager
    async def overhear(self) -> AsyncIterator[Listening]:
        async with self._listeners.overhear() as listening:
            await self._until_hearing()
            yield listening

    # --- telling ----------------------------------------------------------------------------

    async def _producer(self) -> AIOKafkaProducer:
        """One that gives up after a short while: acknowledged by the leader alone."""
        producer = AIOKafkaProducer(
            **(self._brokers.options() | {"request_timeout_ms": int(_SEND_S * 1000)}),
            acks=1,
            linger_ms=0,
        )
        try:
            with unavailable():
                await within(_START_S, producer.start())
        except BaseException:
            await end(producer.stop(), _STOP_S)
            raise
        return producer

    async def _connected(self) -> AIOKafkaProducer:
        while True:
            try:
                return await self._producer()
            except (LogUnavailable, SetupError) as away:
                _log.warning("live signs are not told", error=type(away).__name__)
                self._count_dropped(len(self._unsent))
                self._unsent.clear()
                await asyncio.sleep(_REST_S)

    async def _send(self) -> None:
        producer = await self._connected()
        try:
            while True:
                await self._something.wait()
                await self._flush(producer)
                await asyncio.sleep(_PAUSE_S)
        finally:
            await self._flush(producer)
            await end(producer.stop(), _STOP_S)

    async def _flush(self, producer: AIOKafkaProducer) -> None:
        self._something.clear()
        events, self._unsent = self._unsent, []
        by_talk: dict[ConversationId, list[tuple[LiveEvent, str]]] = defaultdict(list)
        for event, traceparent in events:
            by_talk[event.conversation].append((event, traceparent))
        for conversation, told in by_talk.items():
            key = str(conversation).encode()
            for traceparent, run in groupby(told, key=itemgetter(1)):
                for payload, count in _payloads([event for event, _ in run], traceparent):
                    await self._send_one(producer, key, payload, count)

    async def _send_one(
        self, producer: AIOKafkaProducer, key: bytes, payload: str, count: int
    ) -> None:
        try:
            with unavailable():
                sent = await within(
                    _SEND_S,
                    producer.send(
                        self._layout.name(LIVE),
                        key=key,
                        value=payload.encode(),
                        partition=partition_of(key, self._layout.partitions),
                        headers=[(_FROM, self._me)],
                    ),
                )
        except LogUnavailable:
            self._count_dropped(count)
            return
        sent.add_done_callback(lambda ended: self._sent(ended, count))

    def _sent(self, sent: asyncio.Future[Any], count: int) -> None:
        if sent.cancelled() or sent.exception() is not None:
            self._count_dropped(count)

    # --- hearing ----------------------------------------------------------------------------

    async def _until_hearing(self) -> None:
        """Begin with the first listener; whoever comes a few seconds later waits no more."""
        now = asyncio.get_running_loop().time()
        if self._hearing is None:
            self._hearing = asyncio.create_task(self._hear())
            self._patient_until = now + _FIRST_S
        if not self._hears.is_set() and now < self._patient_until:
            with suppress(TimeoutError):
                await within(self._patient_until - now, self._hears.wait())

    async def _consumer(self) -> AIOKafkaConsumer:
        """One that stands at the end of every partition."""
        consumer = AIOKafkaConsumer(**self._brokers.options(), auto_offset_reset="latest")
        name = self._layout.name(LIVE)
        try:
            with unavailable():
                await within(_START_S, consumer.start())
                partitions = [TopicPartition(name, n) for n in range(self._layout.partitions)]
                consumer.assign(partitions)
                await within(_START_S, consumer.seek_to_end())
                for partition in partitions:
                    await within(_START_S, consumer.position(partition))
        except BaseException:
            await end(consumer.stop(), _STOP_S)
            raise
        return consumer

    async def _hear(self) -> None:
        while True:
            try:
                consumer = await self._consumer()
            except (LogUnavailable, SetupError) as away:
                _log.warning("live signs are not heard", error=type(away).__name__)
                await asyncio.sleep(_REST_S)
                continue
            self._hears.set()
            try:
                with unavailable():
                    await self._hear_on(consumer)
            except LogUnavailable:
                _log.warning("live signs are not heard")
            finally:
                await end(consumer.stop(), _STOP_S)

    async def _hear_on(self, consumer: AIOKafkaConsumer) -> None:
        while True:
            for records in (await consumer.getmany(timeout_ms=_FETCH_MS)).values():
                for record in records:
                    self._heard(record.value, dict(record.headers))

    def _heard(self, payload: bytes | None, headers: Mapping[str, bytes]) -> None:
        if payload is None or headers.get(_FROM) == self._me:
            return
        for event in decode(payload):
            self._listeners.tell(event)

    def _count_dropped(self, events: int) -> None:
        if self._dropped is not None:
            self._dropped.inc(events)


def _payloads(events: list[LiveEvent], traceparent: str) -> Iterator[tuple[str, int]]:
    """The events of one conversation in as few records as may be, in order, with their count."""
    batch: list[bytes] = []
    size = 0
    for event in events:
        encoded = encode_one(event)
        if batch and size + len(encoded) > _MOST_BYTES:
            yield join(batch, 0, traceparent), len(batch)
            batch, size = [], 0
        batch.append(encoded)
        size += len(encoded)
    if batch:
        yield join(batch, 0, traceparent), len(batch)
