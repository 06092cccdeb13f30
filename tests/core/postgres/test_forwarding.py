"""An outbox whose log is elsewhere: away, slow, picky, or answered too late."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from uuid import UUID, uuid4

import pytest

from core.domain.errors import SetupError
from core.event_log import NewRecord
from core.partitioning import partition_of
from core.postgres.bell import Bell
from core.postgres.claims import Claims
from core.postgres.database import Database
from core.postgres.dead_letters import PostgresDeadLetters
from core.postgres.outbox import OUTBOX, ForwardingOutbox
from core.relay import Relay
from tests.fakes.event_log import ScriptedLog

LANES = 4
PATIENCE_S = 20


class House:
    """A database and as many relays to one log as a test wants."""

    def __init__(self, database: Database, bell: Bell) -> None:
        self.database, self.bell = database, bell
        self.outboxes: list[ForwardingOutbox] = []

    def outbox(self, log: ScriptedLog) -> ForwardingOutbox:
        claims = Claims(self.database, LANES, check_s=0)
        self.outboxes.append(ForwardingOutbox(self.database, self.bell, log, LANES, claims))
        return self.outboxes[-1]

    async def put(self, key: UUID, *values: bytes, topic: str = "outbound") -> None:
        lane = partition_of(str(key).encode(), LANES)
        async with self.database.as_service() as connection:
            await connection.executemany(
                "INSERT INTO outbox (lane, topic, conversation, value) VALUES ($1, $2, $3, $4)",
                [(lane, topic, key, value) for value in values],
            )
        self.bell.ring(OUTBOX)

    async def rows(self) -> int:
        return (await self.outboxes[0].backlog()).rows


@pytest.fixture
async def house(database: Database, bell: Bell) -> AsyncIterator[House]:
    opened = House(database, bell)
    yield opened
    for outbox in opened.outboxes:
        await outbox.release()


class Away:
    """A log that takes nothing until it is back, and tells how often it was asked."""

    def __init__(self) -> None:
        self.back = False
        self.asked = 0

    async def __call__(self, records: Sequence[NewRecord]) -> int | None:
        self.asked += 1
        return None if self.back else 0


def values(log: ScriptedLog) -> list[bytes]:
    return [record.value for record in log.records]


async def test_one_pass_is_one_append_of_all_lanes(house: House) -> None:
    log = ScriptedLog()
    for n in range(40):
        await house.put(uuid4(), str(n).encode())

    moved = await house.outbox(log).move(100)

    assert (moved.rows, moved.more) == (40, False)
    assert log.appends == [40]
    assert values(log) == [str(n).encode() for n in range(40)]


async def test_large_values_are_moved_a_few_at_a_time(house: House) -> None:
    log, key = ScriptedLog(), uuid4()
    await house.put(key, *(bytes([n]) * 3_000_000 for n in range(7)))
    outbox = house.outbox(log)

    while (await outbox.move(100)).more:
        pass

    assert log.appends == [3, 3, 1]
    assert [value[0] for value in values(log)] == [*range(7)]


async def test_refused_rows_are_put_aside_and_the_rest_goes_in_order(house: House) -> None:
    log = ScriptedLog(refuses=lambda record: record.value.startswith(b"large"))
    key = uuid4()
    await house.put(
        key, *(b"large %d" % n if n in {0, 5, 6, 29} else b"%d" % n for n in range(30))
    )

    await house.outbox(log).move(100)

    assert values(log) == [b"%d" % n for n in range(30) if n not in {0, 5, 6, 29}]
    kept = await PostgresDeadLetters(house.database, house.bell.ring).open_ones()
    assert sorted(one.letter.record.value for one in kept) == [
        b"large 0",
        b"large 29",
        b"large 5",
        b"large 6",
    ]
    assert {one.letter.failure.error_class for one in kept} == {"RecordRefused"}
    assert {one.letter.failure.error for one in kept} == {"it is too large"}
    assert {one.letter.record.partition.number for one in kept} == {-1}
    assert len(log.appends) < 40


async def test_the_copy_of_a_letter_is_not_put_aside_itself(house: House) -> None:
    log = ScriptedLog(refuses=lambda record: True)
    await house.put(uuid4(), b"large")
    outbox = house.outbox(log)

    for _ in range(3):
        await outbox.move(100)

    letters = PostgresDeadLetters(house.database, house.bell.ring)
    assert [one.letter.record.partition.topic for one in await letters.open_ones()] == ["outbound"]
    assert await house.rows() == 0


async def test_a_refused_row_can_be_replayed_when_the_log_takes_it(house: House) -> None:
    log = ScriptedLog(refuses=lambda record: record.value == b"large")
    await house.put(uuid4(), b"large")
    outbox = house.outbox(log)
    await outbox.move(100)
    letters = PostgresDeadLetters(house.database, house.bell.ring, partitions=LANES)
    (kept,) = await letters.open_ones()

    log.refuses = lambda record: False
    await letters.replay([kept.id])
    await outbox.move(100)

    assert b"large" in values(log)


async def test_a_log_that_is_away_costs_rests_and_no_rows(house: House) -> None:
    away, key, slept = Away(), uuid4(), []
    log = ScriptedLog(away)
    await house.put(key, *(b"%d" % n for n in range(1000)))

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await house.put(key, b"%d" % (1000 + len(slept) - 1))
        away.back = len(slept) == 6

    relay = Relay(house.outbox(log), pace_s=0, sleep=sleep, chance=lambda: 0.5)
    task = asyncio.create_task(relay.run())
    async with asyncio.timeout(PATIENCE_S):
        while relay.moved < 1006:
            await house.rows()
    relay.stop()
    await task

    assert values(log) == [b"%d" % n for n in range(1006)]
    assert slept == [0.375, 0.75, 1.5, 3.75, 3.75, 3.75]
    assert max(log.appends) == 100


async def test_a_log_that_refuses_everything_keeps_the_rows(house: House) -> None:
    async def decide(records: Sequence[NewRecord]) -> int | None:
        raise SetupError("the brokers refuse us")

    await house.put(uuid4(), b"1")
    outbox = house.outbox(ScriptedLog(decide))
    relay = Relay(outbox)
    relay.stop()

    await relay.run()

    assert (relay.failures, await house.rows()) == (1, 1)
    letters = PostgresDeadLetters(house.database, house.bell.ring)
    assert await letters.count_open() == 0


async def test_no_transaction_is_open_while_the_log_is_waited_for(house: House) -> None:
    asked, answer = asyncio.Event(), asyncio.Event()

    async def decide(records: Sequence[NewRecord]) -> int | None:
        asked.set()
        await answer.wait()
        return None

    await house.put(uuid4(), b"1")
    moving = asyncio.create_task(house.outbox(ScriptedLog(decide)).move(10))
    await asked.wait()

    async with house.database.as_service() as connection:
        open_ones = await connection.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid()"
            " AND (xact_start IS NOT NULL OR backend_xid IS NOT NULL OR backend_xmin IS NOT NULL)"
        )
    answer.set()

    assert open_ones == 0
    assert (await moving).rows == 1


async def test_what_stood_in_the_log_though_it_did_not_say_so_comes_twice_in_order(
    house: House,
) -> None:
    left = [2, 1]

    async def decide(records: Sequence[NewRecord]) -> int | None:
        return left.pop(0) if left else None

    log = ScriptedLog(decide)
    await house.put(uuid4(), b"1", b"2", b"3")
    outbox = house.outbox(log)
    relay = Relay(outbox, sleep=lambda seconds: asyncio.sleep(0))

    task = asyncio.create_task(relay.run())
    async with asyncio.timeout(PATIENCE_S):
        while relay.moved < 3:
            await house.rows()
    relay.stop()
    await task

    assert values(log) == [b"1", b"2", b"1", b"1", b"2", b"3"]


async def test_a_relay_that_lost_its_lanes_while_it_waited_only_repeats(house: House) -> None:
    asked, answer = asyncio.Event(), asyncio.Event()

    async def decide(records: Sequence[NewRecord]) -> int | None:
        asked.set()
        await answer.wait()
        return None

    key = uuid4()
    await house.put(key, b"1", b"2")
    late = ScriptedLog(decide)
    slow = asyncio.create_task(house.outbox(late).move(10))
    await asked.wait()
    await end_relays(house.database)
    await house.put(key, b"3")

    quick = house.outbox(ScriptedLog(records=late.records))
    async with asyncio.timeout(PATIENCE_S):
        while await house.rows():
            await quick.move(10)
    answer.set()
    await slow

    assert values(late) == [b"1", b"2", b"3", b"1", b"2"]


async def end_relays(database: Database) -> None:
    """Break every connection that holds lanes."""
    async with database.as_service() as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks"
            " WHERE locktype = 'advisory' AND classid = 7306025::oid"
        )
