"""A conversation on a fake platform, and processes that bring its messages there."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import uuid4

import aiohttp
from prometheus_client import CollectorRegistry, generate_latest

from channels.dispatcher import Dispatcher
from channels.metrics import DeliveryMetrics
from channels.postgres.deliveries import PostgresDeliveries
from core.clock import SystemClock
from core.domain.errors import DeliveryDelayed, DeliveryUnknown
from core.domain.events import MessageSent
from core.domain.ids import ConversationId, CustomerId
from core.domain.messages import Channel
from core.event_log import Partition, Record
from core.postgres.conversations import PostgresConversations
from core.postgres.database import Database
from core.postgres.signals import Signals
from core.wire.envelope import Stamp, encode_sent
from tests.builders import NOON, TENANT, an_inbound_message
from tests.fakes.live import LocalLive
from tests.fakes.platform import FakePlatform, Outcome, Take
from tests.fakes.pushing import SegmentedChannel

SLACK = "slack"


def in_turn(*outcomes: Outcome) -> Callable[[], Outcome]:
    """These, then whatever comes is taken."""
    left = list(outcomes)
    return lambda: left.pop(0) if left else Take()


@dataclass
class Process:
    """One dispatcher in a process of its own."""

    ledger: PostgresDeliveries
    dispatcher: Dispatcher
    channel: SegmentedChannel
    signals: Signals
    registry: CollectorRegistry

    def resolved(self) -> dict[str, float]:
        """How unknown sendings were resolved, as Prometheus sees it."""
        lines = generate_latest(self.registry).decode().splitlines()
        name = 'switchboard_deliveries_unknown_total{channel="slack",resolved="'
        found = [line.removeprefix(name) for line in lines if line.startswith(name)]
        return {line.split('"')[0]: float(line.split()[-1]) for line in found}

    async def die(self) -> None:
        """As kill -9 does: the server lets go of what the process held."""
        await self.signals.close()


@dataclass
class Stage:
    """A conversation on a platform, and processes that bring its messages there."""

    database: Database
    platform: FakePlatform
    session: aiohttp.ClientSession
    conversation: ConversationId
    closing: AsyncExitStack

    async def process(self, lease_s: float = 30, call_s: float = 0, **channel: object) -> Process:
        """One that takes what a dead one had in hand at once, unless a call may take longer."""
        signals = await Signals.open(self.database)
        self.closing.push_async_callback(signals.close)
        ledger = PostgresDeliveries(
            self.database, signals, timedelta(seconds=lease_s), timedelta(seconds=call_s)
        )
        pushed = SegmentedChannel(self.session, self.platform.url, **channel)
        registry = CollectorRegistry()
        count = DeliveryMetrics(registry).unknown
        dispatcher = Dispatcher(LocalLive(), ledger, {SLACK: pushed}, count=count)
        return Process(ledger, dispatcher, pushed, signals, registry)

    def sent(self, seq: int = 1) -> MessageSent:
        return MessageSent(tenant=TENANT, conversation=self.conversation, seq=seq, channel=SLACK)

    def record(self, seq: int = 1, **headers: str) -> Record:
        stamp = Stamp(id=uuid4(), at=NOON)
        return Record(
            partition=Partition("outbound", 0),
            offset=seq,
            key=str(self.conversation).encode(),
            value=encode_sent(TENANT, self.conversation, SLACK, stamp),
            headers={"seq": str(seq), **headers},
            at=stamp.at,
        )

    def shown(self) -> list[str]:
        return [posted.text for posted in self.platform.chats[str(self.conversation)]]

    async def row(self) -> tuple[str, int, int]:
        """State, segments that are noted, segments that may stand there twice."""
        async with self.database.as_service() as connection:
            row = await connection.fetchrow(
                "SELECT state, jsonb_array_length(native_ids), unknown FROM deliveries"
            )
        return tuple(row)


@asynccontextmanager
async def a_stage(database: Database) -> AsyncIterator[Stage]:
    """A conversation of five messages."""
    async with database.as_service() as connection:
        await connection.execute(
            "INSERT INTO log_partitions (topic, part) SELECT 'inbound', generate_series(0, 11)"
        )
    store = PostgresConversations(database, SystemClock(), lambda topic: None)
    opened = await store.open(TENANT, Channel.SLACK, CustomerId("c"), "thread")
    for n in range(5):
        await store.accept(
            replace(an_inbound_message(opened.id, event=str(n)), channel=Channel.SLACK)
        )
    async with (
        AsyncExitStack() as closing,
        FakePlatform.start() as platform,
        aiohttp.ClientSession() as session,
    ):
        yield Stage(database, platform, session, opened.id, closing)


async def deliver(process: Process, record: Record) -> None:
    """As a worker does: again until it is done."""
    while True:
        try:
            await process.dispatcher.deliver(record)
        except (DeliveryDelayed, DeliveryUnknown):
            await asyncio.sleep(0)
        else:
            return
