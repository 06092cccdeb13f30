"""What is put aside is kept once, as it was, and comes back as it was."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from core.dead_letters import DeadLetter, Failure
from core.domain.errors import RefusedError
from core.event_log import Partition, Record
from core.postgres.bell import Bell
from core.postgres.database import Database
from core.postgres.dead_letters import PostgresDeadLetters
from core.postgres.event_log import PostgresEventLog
from core.postgres.outbox import PostgresOutbox
from core.wire.dead_letters import decode_dead_letter
from tests.builders import NOON
from tests.contracts.logs import take

NO_UUID = b"\x00\xff no conversation"


@pytest.fixture
def rung() -> list[str]:
    return []


@pytest.fixture
def letters(database: Database, rung: list[str]) -> PostgresDeadLetters:
    return PostgresDeadLetters(database, rung.append)


def a_letter(
    *, offset: int = 7, key: bytes = NO_UUID, value: bytes = b"\x00\xfe", **headers: str
) -> DeadLetter:
    return DeadLetter(
        record=Record(
            partition=Partition("inbound", 3),
            offset=offset,
            key=key,
            value=value,
            headers=headers,
            at=NOON,
        ),
        failure=Failure(
            error_class="ValueError", error="", attempts=1, first_at=NOON, last_at=NOON
        ),
    )


async def waiting(database: Database) -> int:
    async with database.as_service() as connection:
        count: int = await connection.fetchval("SELECT count(*) FROM outbox")
    return count


async def test_a_letter_is_kept_as_it_is_and_its_copy_queued(letters, rung, database) -> None:
    await letters.put_aside(a_letter(traceparent="t"))

    (kept,) = await letters.open_ones()
    assert kept.letter == a_letter(traceparent="t")
    assert await letters.one(kept.id) == kept
    assert await letters.count_open() == 1
    assert rung == ["outbox"]
    assert await waiting(database) == 1


async def test_a_record_put_aside_many_times_at_once_is_kept_once(letters, database) -> None:
    await asyncio.gather(*(letters.put_aside(a_letter()) for _ in range(20)))

    assert len(await letters.open_ones()) == 1
    assert await waiting(database) == 1


async def test_a_record_put_aside_again_after_a_decision_stays_decided(letters) -> None:
    await letters.put_aside(a_letter())
    (kept,) = await letters.open_ones()
    await letters.discard([kept.id])

    await letters.put_aside(a_letter())

    assert [one.state for one in await letters.all_of_them()] == ["discarded"]


async def test_a_record_at_the_same_place_of_a_topic_made_anew_is_another(letters) -> None:
    await letters.put_aside(a_letter())
    later = a_letter(value=b"other")
    await letters.put_aside(
        replace(later, record=replace(later.record, at=NOON + timedelta(days=1)))
    )

    assert len(await letters.open_ones()) == 2


async def test_headers_that_postgres_cannot_store_are_mended_not_lost(letters) -> None:
    await letters.put_aside(a_letter(odd="a\x00b\ud800"))

    (kept,) = await letters.open_ones()
    assert kept.letter.record.headers == {"odd": "a\ufffdb?"}


@pytest.mark.parametrize("key", [NO_UUID, str(UUID(int=5)).encode(), b""])
async def test_a_replay_brings_the_record_back_under_its_key(
    letters, database: Database, bell: Bell, log: PostgresEventLog, key: bytes
) -> None:
    await letters.put_aside(a_letter(key=key, traceparent="t"))
    (kept,) = await letters.open_ones()
    inbound = await log.join("core", ["inbound"])
    aside = await log.join("undertaker", ["dead-letters"])

    await letters.replay([kept.id])
    await PostgresOutbox(database, bell).move(10)

    (back,) = await take(inbound, 1)
    assert (back.key, back.value) == (key, b"\x00\xfe")
    assert back.headers == {"traceparent": "t", "replay_of": str(kept.id)}
    (copy,) = await take(aside, 1)
    assert decode_dead_letter(copy) == kept.letter


async def test_letters_are_put_back_in_the_order_in_which_they_came(
    letters, database: Database
) -> None:
    for offset in range(30):
        await letters.put_aside(a_letter(offset=offset, value=str(offset).encode()))
    numbers = [kept.id for kept in await letters.open_ones()]

    await letters.replay(sorted(numbers, key=lambda number: number * 7 % 31))

    async with database.as_service() as connection:
        rows = await connection.fetch("SELECT value FROM outbox WHERE topic='inbound' ORDER BY id")
    assert [int(row["value"]) for row in rows] == [*range(30)]


async def test_a_letter_may_be_replayed_again(letters, database) -> None:
    await letters.put_aside(a_letter())
    (kept,) = await letters.open_ones()

    for _ in range(2):
        await letters.replay([kept.id])

    assert await waiting(database) == 3


async def test_with_an_unknown_one_among_them_nothing_is_put_back(letters, database) -> None:
    await letters.put_aside(a_letter())
    (kept,) = await letters.open_ones()

    with pytest.raises(RefusedError, match="there is no dead letter 555, 777"):
        await letters.replay([777, kept.id, 555])

    assert await waiting(database) == 1
    assert await letters.count_open() == 1


async def test_what_was_closed_long_ago_is_removed_and_nothing_else(letters, database) -> None:
    for offset in range(3):
        await letters.put_aside(a_letter(offset=offset))
    lately, open_one, long_ago = (kept.id for kept in await letters.open_ones())
    await letters.discard([lately])
    await letters.replay([long_ago])
    async with database.as_service() as connection:
        await connection.execute(
            "UPDATE dead_letters SET closed_at = now() - interval '8 days' WHERE id = $1", long_ago
        )

    removed = await letters.clear(timedelta(days=7))

    assert removed == 1
    assert [kept.id for kept in await letters.all_of_them()] == [lately, open_one]
