"""Sending to a platform that forgets nothing and promises nothing: each segment once, in order."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import uuid4

import aiohttp
import pytest
from prometheus_client import CollectorRegistry, generate_latest

from channels.dispatcher import Dispatcher
from channels.metrics import DeliveryMetrics
from channels.postgres.deliveries import PostgresDeliveries
from core.clock import SystemClock
from core.domain.errors import DeliveryDelayed, DeliveryRefused, DeliveryUnknown
from core.domain.events import MessageSent
from core.domain.ids import ConversationId, CustomerId
from core.domain.messages import Channel
from core.ports import Partition, Record
from core.postgres.conversations import PostgresConversations
from core.postgres.database import Database
from core.postgres.signals import Signals
from core.wire.envelope import Stamp, encode_sent
from tests.builders import NOON, TENANT, an_inbound_message
from tests.fakes.live import LocalLive
from tests.fakes.platform import (
    Fail,
    FakePlatform,
    Outcome,
    Refuse,
    SlowDown,
    Take,
    TakeAndBreak,
    TakeInSilence,
)
from tests.fakes.pushing import SegmentedChannel

pytestmark = pytest.mark.slow

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

    async def process(self, lease_s: float = 30, **channel: object) -> Process:
        signals = await Signals.open(self.database)
        self.closing.push_async_callback(signals.close)
        ledger = PostgresDeliveries(self.database, signals, timedelta(seconds=lease_s))
        pushed = SegmentedChannel(self.session, self.platform.url, **channel)
        registry = CollectorRegistry()
        count = DeliveryMetrics(registry).unknown
        dispatcher = Dispatcher(LocalLive(), ledger, {SLACK: pushed}, count)
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


@pytest.fixture
async def stage(database: Database) -> AsyncIterator[Stage]:
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


TELLS, QUIET = {"tells": True}, {"tells": False}


@pytest.mark.parametrize(
    ("channel", "resolved", "unknown"), [(TELLS, "absent", 0), (QUIET, "sent_again", 1)]
)
async def test_a_crash_before_the_sending_is_made_good(
    stage: Stage, channel: dict, resolved: str, unknown: int
) -> None:
    doomed, other = await stage.process(**channel), await stage.process(**channel)
    await doomed.ledger.begun(stage.sent())
    await doomed.die()

    await deliver(other, stage.record())

    assert stage.shown() == ["1.1"]
    assert await stage.row() == ("delivered", 1, unknown)
    assert other.resolved() == {resolved: 1}


@pytest.mark.parametrize(
    ("channel", "resolved", "shown"),
    [(TELLS, "found", ["1.1"]), (QUIET, "sent_again", ["1.1", "1.1"])],
)
async def test_a_crash_after_the_sending_is_seen_where_it_can_be_and_counted_where_not(
    stage: Stage, channel: dict, resolved: str, shown: list[str]
) -> None:
    doomed, other = await stage.process(**channel), await stage.process(**channel)
    await doomed.ledger.begun(stage.sent())
    await doomed.channel.post(stage.sent(), 1)
    await doomed.die()

    await deliver(other, stage.record())

    assert stage.shown() == shown
    assert await stage.row() == ("delivered", 1, len(shown) - 1)
    assert other.resolved() == {resolved: 1}


@pytest.mark.parametrize("outcome", [TakeInSilence(), TakeAndBreak()])
@pytest.mark.parametrize(
    ("channel", "resolved", "shown"),
    [(TELLS, "found", ["1.1"]), (QUIET, "sent_again", ["1.1", "1.1"])],
)
async def test_what_was_taken_without_an_answer_is_unknown(
    stage: Stage, outcome: Outcome, channel: dict, resolved: str, shown: list[str]
) -> None:
    process = await stage.process(patience_s=0.2, **channel)
    stage.platform.script = in_turn(outcome)

    with pytest.raises(DeliveryUnknown):
        await process.dispatcher.deliver(stage.record())
    before = await stage.row()
    await deliver(process, stage.record())

    assert before == ("unknown", 0, 0)
    assert stage.shown() == shown
    assert await stage.row() == ("delivered", 1, len(shown) - 1)
    assert process.resolved() == {resolved: 1}


async def test_a_failure_of_the_platform_is_unknown_and_found_absent(stage: Stage) -> None:
    process = await stage.process(tells=True)
    stage.platform.script = in_turn(Fail())

    await deliver(process, stage.record())

    assert stage.shown() == ["1.1"]
    assert process.resolved() == {"absent": 1}


async def test_a_platform_that_asks_to_wait_has_sent_nothing(stage: Stage) -> None:
    process = await stage.process()
    stage.platform.script = in_turn(SlowDown(retry_after_s=7))

    with pytest.raises(DeliveryDelayed) as delayed:
        await process.dispatcher.deliver(stage.record())
    before = await stage.row()
    await deliver(process, stage.record())

    assert (delayed.value.retry_after_s, before) == (7, ("waiting", 0, 0))
    assert stage.shown() == ["1.1"]
    assert process.resolved() == {}


async def test_a_platform_that_cannot_be_reached_has_sent_nothing(stage: Stage) -> None:
    process = await stage.process()
    there, stage.platform.url = stage.platform.url, "http://127.0.0.1:1"
    nowhere = await stage.process()

    with pytest.raises(DeliveryDelayed):
        await nowhere.dispatcher.deliver(stage.record())
    stage.platform.url = there
    await deliver(process, stage.record())

    assert await stage.row() == ("delivered", 1, 0)
    assert process.resolved() == {}


async def test_a_refused_message_is_sent_when_it_is_replayed_and_not_before(stage: Stage) -> None:
    process = await stage.process()
    stage.platform.script = in_turn(Refuse())

    with pytest.raises(DeliveryRefused):
        await process.dispatcher.deliver(stage.record())
    await process.dispatcher.deliver(stage.record())
    before = stage.shown()
    for _ in range(2):
        await process.dispatcher.deliver(stage.record(replay_of="7"))

    assert before == []
    assert stage.shown() == ["1.1"]
    assert await stage.row() == ("delivered", 1, 0)


async def test_a_message_put_aside_is_not_sent_behind_later_ones_by_a_second_record(
    stage: Stage,
) -> None:
    process = await stage.process()
    stage.platform.script = in_turn(SlowDown())
    with pytest.raises(DeliveryDelayed):
        await process.dispatcher.deliver(stage.record(1))
    await process.dispatcher.give_up(stage.record(1))

    await process.dispatcher.deliver(stage.record(2))
    await process.dispatcher.deliver(stage.record(1))

    assert stage.shown() == ["2.1"]


@pytest.mark.parametrize("outcome", [SlowDown(), Fail(), TakeInSilence(), TakeAndBreak()])
@pytest.mark.parametrize("place", [0, 1, 2])
async def test_a_long_message_goes_on_behind_the_segments_that_stand_there(
    stage: Stage, outcome: Outcome, place: int
) -> None:
    process = await stage.process(segments=3, tells=True, patience_s=0.2)
    stage.platform.script = in_turn(*[Take()] * place, outcome)

    await deliver(process, stage.record())

    assert stage.shown() == ["1.1", "1.2", "1.3"]
    assert await stage.row() == ("delivered", 3, 0)


@pytest.mark.parametrize("posted", [0, 1, 2, 3])
async def test_a_crash_between_segments_repeats_one_at_most(stage: Stage, posted: int) -> None:
    doomed, other = await stage.process(segments=3), await stage.process(segments=3)
    begun = await doomed.ledger.begun(stage.sent())
    assert begun is not None
    for number in range(1, posted + 1):
        await doomed.channel.post(stage.sent(), number)
        if number < posted:
            await doomed.ledger.noted(begun, replace(begun.before, native_ids=("x",) * number))
    await doomed.die()

    await deliver(other, stage.record())

    assert sorted(set(stage.shown())) == ["1.1", "1.2", "1.3"]
    assert len(stage.shown()) <= 4
    assert await stage.row() == ("delivered", 3, 1)


async def test_two_dispatchers_with_one_record_send_it_once(stage: Stage) -> None:
    processes = [await stage.process(segments=2) for _ in range(2)]

    await asyncio.gather(*(deliver(process, stage.record()) for process in processes * 3))

    assert stage.shown() == ["1.1", "1.2"]
    assert await stage.row() == ("delivered", 2, 0)


async def test_one_that_stood_still_sends_no_further_segment_when_it_was_overtaken(
    stage: Stage,
) -> None:
    slow = await stage.process(lease_s=0, segments=3)
    begun = await slow.ledger.begun(stage.sent())
    assert begun is not None
    await slow.channel.post(stage.sent(), 1)

    await deliver(await stage.process(segments=3), stage.record())

    with pytest.raises(DeliveryDelayed):
        await slow.ledger.noted(begun, replace(begun.before, native_ids=("x",)))
    assert await stage.row() == ("delivered", 3, 1)


async def test_while_somebody_sends_others_wait(stage: Stage) -> None:
    sending, other = await stage.process(), await stage.process()
    await sending.ledger.begun(stage.sent())

    for process in (other, sending):
        with pytest.raises(DeliveryDelayed):
            await process.dispatcher.deliver(stage.record())

    assert stage.shown() == []


async def test_a_platform_that_cannot_be_asked_now_is_asked_before_anything_is_sent(
    stage: Stage,
) -> None:
    doomed = await stage.process()
    await doomed.ledger.begun(stage.sent())
    await doomed.channel.post(stage.sent(), 1)
    await doomed.die()
    there, stage.platform.url = stage.platform.url, "http://127.0.0.1:1"
    away = await stage.process(tells=True)
    stage.platform.url = there

    with pytest.raises(DeliveryDelayed):
        await away.dispatcher.deliver(stage.record())
    between = await stage.row()
    await deliver(await stage.process(tells=True), stage.record())

    assert between == ("unknown", 0, 0)
    assert stage.shown() == ["1.1"]


async def test_a_cancelled_sending_is_unknown_at_once(stage: Stage) -> None:
    process, other = await stage.process(tells=True), await stage.process(tells=True)
    stage.platform.script = in_turn(TakeInSilence())
    sending = asyncio.create_task(process.dispatcher.deliver(stage.record()))
    async with asyncio.timeout(20):
        while not stage.shown():
            await asyncio.sleep(0)
    sending.cancel()
    await asyncio.wait([sending])

    await other.dispatcher.deliver(stage.record())

    assert stage.shown() == ["1.1"]
    assert other.resolved() == {"found": 1}
