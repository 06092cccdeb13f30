"""What every outbox does: its rows get into the log, in order, whoever moves them."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import pytest

from core.event_log import EventLog, NewRecord, Record
from core.kafka.brokers import Brokers
from core.kafka.event_log import KafkaEventLog
from core.kafka.topics import Layout
from core.partitioning import partition_of
from core.postgres.bell import Bell
from core.postgres.database import Database
from core.postgres.dead_letters import PostgresDeadLetters
from core.postgres.event_log import PostgresEventLog
from core.postgres.outbox import OUTBOX, ForwardingOutbox, PostgresOutbox
from core.postgres.signals import Signals
from core.relay import Outbox, Relay
from tests.contracts.logs import take

pytestmark = pytest.mark.slow  # real time and many connections: not for make quick

BACKENDS = ["postgres", "forwarding", pytest.param("kafka", marks=pytest.mark.kafka)]
"""Into the same database's log; into a log as if it were elsewhere; into one that is."""
LANES = 12


class House:
    """A database with a log and as many relays as a test wants."""

    def __init__(self, backend: str, database: Database, bell: Bell, log: EventLog):
        self.backend, self.database, self.bell, self.log = backend, database, bell, log
        self.outboxes: list[Outbox] = []

    def outbox(self) -> Outbox:
        """One relay's; what it holds is given back at the end."""
        made: Outbox = (
            PostgresOutbox(self.database, self.bell, LANES)
            if self.backend == "postgres"
            else ForwardingOutbox(self.database, self.bell, self.log, LANES)
        )
        self.outboxes.append(made)
        return made

    async def put(self, conversation: UUID, *values: str, topic: str = "outbound") -> None:
        lane = partition_of(str(conversation).encode(), LANES)
        async with self.database.as_service() as connection, connection.transaction():
            for value in values:
                await connection.execute(
                    "INSERT INTO outbox (lane, topic, conversation, value, headers)"
                    ' VALUES ($1, $2, $3, $4, \'{"seq": "7"}\')',
                    lane,
                    topic,
                    conversation,
                    value.encode(),
                )
        self.bell.ring(OUTBOX)


@pytest.fixture
async def postgres_log(database: Database, bell: Bell) -> AsyncIterator[EventLog]:
    opened = await PostgresEventLog.create(database, bell)
    yield opened
    await opened.close()


@pytest.fixture
async def kafka_log(kafka: str) -> AsyncIterator[EventLog]:
    layout = Layout(prefix=f"{uuid4().hex[:8]}.", partitions=LANES, replication=1)
    opened = await KafkaEventLog.open(Brokers(bootstrap=kafka), layout)
    yield opened
    await opened.close()


@pytest.fixture
async def bell(database: Database) -> AsyncIterator[Bell]:
    signals = await Signals.open(database)
    opened = await Bell.open(signals)
    yield opened
    await opened.close()
    await signals.close()


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> tuple[str, EventLog]:
    fixture = "kafka_log" if request.param == "kafka" else "postgres_log"
    return request.param, request.getfixturevalue(fixture)


@pytest.fixture
async def house(
    backend: tuple[str, EventLog], database: Database, bell: Bell
) -> AsyncIterator[House]:
    name, log = backend
    opened = House(name, database, bell, log)
    yield opened
    for outbox in opened.outboxes:
        await outbox.release()


@asynccontextmanager
async def relaying(*outboxes: Outbox, per_lane: int = 100) -> AsyncIterator[list[Relay]]:
    async with asyncio.TaskGroup() as tasks:
        relays = [Relay(outbox, per_lane=per_lane) for outbox in outboxes]
        for relay in relays:
            tasks.create_task(relay.run())
        yield relays
        for relay in relays:
            relay.stop()


async def test_a_row_becomes_a_record_of_its_conversation(house: House) -> None:
    conversation = uuid4()
    member = await house.log.join("dispatcher", ["outbound"])
    await house.put(conversation, "hello")

    await house.outbox().move(10)

    (record,) = await take(member, 1)
    assert (record.key, record.value) == (str(conversation).encode(), b"hello")
    assert record.headers == {"seq": "7"}
    assert record.partition.number == partition_of(record.key, LANES)
    assert (await house.outbox().backlog()).rows == 0


async def test_rows_go_to_their_topics(house: House) -> None:
    out = await house.log.join("dispatcher", ["outbound"])
    events = await house.log.join("desk", ["events"])
    conversation = uuid4()
    await house.put(conversation, "said")
    await house.put(conversation, "happened", topic="events")

    await house.outbox().move(10)

    assert [r.value for r in await take(out, 1)] == [b"said"]
    assert [r.value for r in await take(events, 1)] == [b"happened"]


async def test_a_ring_moves_rows_at_once(house: House) -> None:
    member = await house.log.join("dispatcher", ["outbound"])

    async with relaying(house.outbox()):
        await house.put(uuid4(), "1")
        await take(member, 1)
        await house.put(uuid4(), "2")
        await take(member, 1)


async def test_a_stopping_relay_moves_what_is_left(house: House) -> None:
    conversation = uuid4()
    await house.put(conversation, *map(str, range(25)))
    relay = Relay(house.outbox(), per_lane=10)
    relay.stop()

    await relay.run()

    assert relay.moved == 25


@pytest.mark.parametrize("relays", [1, 4])
async def test_relays_side_by_side_keep_each_conversations_order(
    house: House, relays: int
) -> None:
    chance = random.Random(relays)
    conversations = [uuid4() for _ in range(50)]
    said = dict.fromkeys(conversations, 0)
    member = await house.log.join("dispatcher", ["outbound"])

    async with relaying(*(house.outbox() for _ in range(relays)), per_lane=5) as running:
        for _ in range(300):
            one = chance.choice(conversations)
            values = [str(said[one] + n) for n in range(chance.randrange(1, 4))]
            said[one] += len(values)
            await house.put(one, *values)
        read = await take(member, sum(said.values()))

    assert by_key(read) == {str(c).encode(): [*range(n)] for c, n in said.items() if n}
    assert sum(relay.moved for relay in running) == len(read)


async def test_a_row_that_the_log_refuses_is_put_aside_and_holds_up_no_other(
    house: House,
) -> None:
    conversation = uuid4()
    member = await house.log.join("dispatcher", ["outbound"])
    aside = await house.log.join("undertaker", ["dead-letters"])
    await house.put(conversation, "lost", topic="nowhere")
    await house.put(conversation, "1")
    await house.put(uuid4(), "2")

    async with relaying(house.outbox()):
        assert sorted(r.value for r in await take(member, 2)) == [b"1", b"2"]
        (copy,) = await take(aside, 1)

    (kept,) = await PostgresDeadLetters(house.database, house.bell.ring).open_ones()
    assert (kept.letter.record.value, kept.letter.record.key) == (b"lost", copy.key)
    assert (kept.letter.failure.error_class, kept.letter.failure.error) == (
        "TopicMissing",
        "there is no topic nowhere",
    )
    assert (await house.outbox().backlog()).rows == 0


async def test_a_relay_that_dies_leaves_its_lanes_to_the_others(house: House) -> None:
    conversation = uuid4()
    member = await house.log.join("dispatcher", ["outbound"])
    await house.put(conversation, "1", "2")
    lane = partition_of(str(conversation).encode(), LANES)
    dying = await house.database.dedicated()
    await dying.execute("BEGIN")
    assert await dying.fetchval("SELECT pg_try_advisory_xact_lock(7306024, $1)", lane)

    held = await house.outbox().move(10)
    dying.terminate()

    assert held.rows == 0
    async with relaying(house.outbox()):
        assert by_key(await take(member, 2)) == {str(conversation).encode(): [1, 2]}


async def test_appending_beside_relays_never_waits_for_ever(house: House) -> None:
    member = await house.log.join("dispatcher", ["outbound"])
    conversations = [uuid4() for _ in range(40)]

    async def append() -> None:
        for n in range(20):
            keys = [str(conversation).encode() for conversation in conversations]
            records = [NewRecord(topic="outbound", key=k, value=str(n).encode()) for k in keys]
            await house.log.append(random.Random(n).sample(records, len(records)))

    async with relaying(house.outbox(), house.outbox()), asyncio.TaskGroup() as tasks:
        tasks.create_task(append())
        for conversation in conversations:
            await house.put(conversation, "99")

    assert len(await take(member, 840)) == 840


def by_key(read: Sequence[Record]) -> dict[bytes, list[int]]:
    found = defaultdict(list)
    for record in read:
        found[record.key].append(int(record.value))
    return dict(found)
