"""What an operator does with dead letters."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner, Result

from core.dead_letters import DeadLetter, Failure
from core.event_log import Partition, Record
from core.postgres.database import Database
from core.postgres.dead_letters import PostgresDeadLetters
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
async def letters(database: Database) -> list[str]:
    """The numbers of three, a minute apart; the last one has a key that is no conversation."""
    store = PostgresDeadLetters(database, lambda _: None)
    for number in range(3):
        await store.put_aside(_letter(number))
    return [str(one.id) for one in reversed(await store.open_ones())]


def _letter(number: int) -> DeadLetter:
    return DeadLetter(
        record=Record(
            partition=Partition("inbound", 1),
            offset=number,
            key=str(UUID(int=number)).encode() if number < 2 else b"I am called Ada \xff",
            value=b'{"v": 1}',
            headers={"traceparent": "t"},
            at=NOON,
        ),
        failure=Failure(
            error_class="ModelUnavailable",
            error="No model answered in time.",
            attempts=4,
            first_at=NOON,
            last_at=NOON + timedelta(minutes=number),
        ),
    )


async def listed(call: Call, *words: str) -> list[dict]:
    return json.loads((await call("list", "--json", *words)).output)


async def outbox(database: Database) -> list[tuple[str, bytes, dict]]:
    async with database.as_service() as connection:
        rows = await connection.fetch(
            "SELECT key, value, headers FROM outbox WHERE topic = 'inbound' ORDER BY id"
        )
    return [(row["key"], row["value"], json.loads(row["headers"])) for row in rows]


async def test_open_ones_are_listed_latest_first_each_time(call: Call, letters) -> None:
    first, second = await call("list", "--json"), await call("list", "--json")

    rows = json.loads(first.output)
    assert [str(row["id"]) for row in rows] == letters[::-1]
    assert {(row["error"], row["state"]) for row in rows} == {("ModelUnavailable", "open")}
    assert first.output == second.output


async def test_the_listing_shows_conversations_and_nothing_that_may_be_a_word(
    call: Call, letters
) -> None:
    rows = await listed(call)

    assert [row["conversation"] for row in rows] == ["", str(UUID(int=1)), str(UUID(int=0))]
    assert "Ada" not in (await call("list")).output


async def test_one_is_shown_with_everything_that_is_known(call: Call, letters) -> None:
    shown = json.loads((await call("show", letters[0])).output)

    assert (shown["topic"], shown["attempts"], shown["state"]) == ("inbound", 4, "open")
    assert shown["said"] == "No model answered in time."


async def test_a_replayed_record_is_on_its_way_as_it_was_and_closed(
    call: Call, letters, database: Database
) -> None:
    done = await call("replay", *letters[1:])

    assert done.output == "2 put back\n"
    assert await outbox(database) == [
        (_letter(n).record.key, b'{"v": 1}', {"traceparent": "t", "replay_of": letters[n]})
        for n in (1, 2)
    ]
    assert [str(row["id"]) for row in await listed(call)] == letters[:1]
    states = {str(row["id"]): row["state"] for row in await listed(call, "--all")}
    assert states == dict(zip(letters, ["open", "replayed", "replayed"], strict=True))


async def test_a_discarded_one_is_closed_and_put_back_nowhere(
    call: Call, letters, database: Database
) -> None:
    done = [await call("discard", letters[0]) for _ in range(2)]

    assert [one.output for one in done] == ["1 discarded\n", "0 discarded\n"]
    assert await outbox(database) == []
    assert json.loads((await call("show", letters[0])).output)["state"] == "discarded"


@pytest.mark.parametrize("act", ["replay", "discard"])
async def test_an_unknown_one_is_refused_and_the_others_are_left_alone(
    call: Call, letters, database: Database, act: str
) -> None:
    done = await call(act, letters[0], "77777")

    assert (done.exit_code, done.output) == (1, "Error: there is no dead letter 77777\n")
    assert await outbox(database) == []
    assert len(await listed(call)) == 3


async def test_there_may_be_none(call: Call) -> None:
    assert (await call("list")).output == "there are no open dead letters\n"
    assert (await call("show", "7")).output == "Error: there is no dead letter 7\n"
