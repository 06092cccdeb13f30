"""What is measured beside the roles, and what is cleared away."""

import asyncio

import pytest

from core.dead_letters import DeadLetter, Failure
from core.event_log import Partition, Record
from core.postgres.bell import Bell
from core.postgres.database import Database
from core.postgres.dead_letters import PostgresDeadLetters
from core.postgres.outbox import PostgresOutbox
from core.postgres.signals import Signals
from core.telemetry.metrics import Metrics
from deploy.watch import Watch
from tests.builders import NOON

pytestmark = pytest.mark.slow


def a_letter(offset: int) -> DeadLetter:
    return DeadLetter(
        record=Record(
            partition=Partition("inbound", 0),
            offset=offset,
            key=b"k",
            value=b"v",
            headers={},
            at=NOON,
        ),
        failure=Failure(
            error_class="ValueError", error="", attempts=1, first_at=NOON, last_at=NOON
        ),
    )


async def test_open_letters_are_counted_and_old_closed_ones_removed(database: Database) -> None:
    letters = PostgresDeadLetters(database, lambda topic: None)
    for offset in range(3):
        await letters.put_aside(a_letter(offset))
    await letters.discard([(await letters.open_ones())[0].id])
    async with database.as_service() as connection:
        await connection.execute("UPDATE dead_letters SET closed_at = closed_at - interval '8 d'")
    signals = await Signals.open(database)
    bell = await Bell.open(signals)
    metrics = Metrics()
    watch = Watch(
        outbox=PostgresOutbox(database, bell),
        log=None,
        dead_letters=letters,
        metrics=metrics,
        workers={},
        keep_days=7,
    )

    watching = asyncio.create_task(watch.run())
    async with asyncio.timeout(20):
        while len(await letters.all_of_them()) > 2:
            await asyncio.sleep(0)
    watch.stop()
    await watching
    await bell.close()
    await signals.close()

    assert b"switchboard_dead_letters_open 2.0" in metrics.render()
    assert b"switchboard_outbox_unsent_rows 3.0" in metrics.render()
