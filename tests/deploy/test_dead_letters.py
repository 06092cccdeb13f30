"""Dead letters are looked at as often as one likes, and put back where they came from."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from core.ports import NewRecord, Partition, Record
from core.postgres.bell import Bell
from core.postgres.database import Database
from core.postgres.event_log import PostgresEventLog
from core.postgres.signals import Signals
from core.wire.dead_letters import Failure, encode_dead_letter
from deploy.cli import main
from tests.builders import NOON

pytestmark = pytest.mark.slow  # many connections: not for make quick

Call = Callable[..., Awaitable[Result]]


@pytest.fixture
def call(dsn: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Call:
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.chdir(tmp_path)

    async def invoke(*words: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, main, ["dead-letters", *words])

    return invoke


@pytest.fixture
async def letters(database: Database) -> None:
    """Three of them, a minute apart."""
    signals = await Signals.open(database)
    bell = await Bell.open(signals)
    log = await PostgresEventLog.create(database, bell)
    await log.append([_letter(number) for number in range(3)])
    await log.close()
    await bell.close()
    await signals.close()


def _letter(number: int) -> NewRecord:
    record = Record(
        partition=Partition("inbound", 1),
        offset=number,
        key=f"conversation-{number}".encode(),
        value=b'{"v": 1}',
        headers={"traceparent": "t"},
        at=NOON,
    )
    failure = Failure(
        error_class="ModelUnavailable",
        error="No model answered in time.",
        attempts=4,
        first_at=NOON,
        last_at=NOON + timedelta(minutes=number),
    )
    return encode_dead_letter("dead-letters", record, failure)


@pytest.mark.usefixtures("letters")
async def test_they_are_listed_latest_first_each_time(call: Call) -> None:
    first, second = await call("list", "--json"), await call("list", "--json")

    rows = json.loads(first.output)
    assert [row["conversation"] for row in rows] == [f"conversation-{n}" for n in (2, 1, 0)]
    assert {row["error"] for row in rows} == {"ModelUnavailable"}
    assert first.output == second.output


@pytest.mark.usefixtures("letters")
async def test_one_is_shown_with_everything_that_is_known(call: Call) -> None:
    name = json.loads((await call("list", "--json")).output)[0]["id"]

    shown = json.loads((await call("show", name)).output)

    assert (shown["topic"], shown["attempts"]) == ("inbound", 4)
    assert shown["said"] == "No model answered in time."


@pytest.mark.usefixtures("letters")
async def test_a_replayed_record_stands_in_its_topic_as_it_was(
    call: Call, database: Database
) -> None:
    name = json.loads((await call("list", "--json")).output)[0]["id"]

    done = await call("replay", name)

    assert done.output == "1 put back\n"
    async with database.as_service() as connection:
        rows = await connection.fetch("SELECT * FROM log_records WHERE topic = 'inbound'")
    assert [(row["key"], row["value"]) for row in rows] == [(b"conversation-2", b'{"v": 1}')]
    assert json.loads(rows[0]["headers"]) == {"traceparent": "t"}


@pytest.mark.usefixtures("letters")
async def test_an_unknown_one_is_refused_and_nothing_is_put_back(
    call: Call, database: Database
) -> None:
    name = json.loads((await call("list", "--json")).output)[0]["id"]

    done = await call("replay", name, "0-77")

    assert (done.exit_code, done.output) == (1, "Error: there is no dead letter 0-77\n")
    async with database.as_service() as connection:
        count = await connection.fetchval("SELECT count(*) FROM log_records WHERE topic='inbound'")
    assert count == 0


async def test_there_may_be_none(call: Call) -> None:
    assert (await call("list")).output == "there are no dead letters\n"
