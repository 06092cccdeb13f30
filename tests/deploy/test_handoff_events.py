"""Other desks from the command line, and in a running process."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from core.postgres.database import Database
from deploy.base import connected
from deploy.cli import main
from deploy.desk import handing
from deploy.events import OtherDesks
from deploy.settings import load
from handoff.moves import Claim, Close
from tests.fakes.other_desk import SECRET, FakeOtherDesk
from tests.handoff.cast import ANN
from tests.handoff.stage import WANTS, Stage

KEY = "aGVyZSBhcmUgdGhpcnR5LXR3byBieXRlcyBmb3IgdXM="


@pytest.fixture(autouse=True)
def service(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("SWITCHBOARD_CHANNELS__SECRET_KEYS", json.dumps([KEY]))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
async def desk() -> AsyncIterator[FakeOtherDesk]:
    async with FakeOtherDesk().open() as desk:
        yield desk


@pytest.fixture
async def stage(database: Database) -> Stage:
    made = Stage(database)
    await made.prepare()
    return made


async def call(*words: str, said: str = "") -> Result:
    return await asyncio.to_thread(CliRunner().invoke, main, words, input=said)


async def add(desk: FakeOtherDesk, said: str = f"{SECRET}\n") -> Result:
    return await call("handoff-events", "add", "theirs", desk.url, "--private", said=said)


async def rows() -> list[dict[str, object]]:
    return list(json.loads((await call("handoff-events", "list", "--json")).stdout))


async def test_an_endpoint_is_added_checked_listed_and_removed(desk: FakeOtherDesk) -> None:
    added = await add(desk)
    checked = await call("handoff-events", "check", "--json")
    (listed,) = await rows()
    removed = await call("handoff-events", "remove", "theirs")

    assert (added.exit_code, checked.exit_code, removed.exit_code) == (0, 0, 0)
    assert SECRET not in added.output
    assert json.loads(checked.stdout)[0]["state"] == "good"
    assert desk.types == ["ping"]
    assert (listed["name"], listed["url"], listed["waiting"]) == ("theirs", desk.url, 0)
    assert await rows() == []


async def test_a_secret_is_made_where_none_is_given(desk: FakeOtherDesk) -> None:
    added = await add(desk, "\n")
    checked = await call("handoff-events", "check")

    assert "calls are signed with" in added.output
    assert (checked.exit_code, "401" in checked.output) == (1, True)


@pytest.mark.parametrize("words", [("check",), ("replay", "theirs"), ("remove", "theirs")])
async def test_an_endpoint_that_is_not_there_is_named_in_one_sentence(words) -> None:
    failed = await call("handoff-events", *words)

    assert failed.exit_code == 1
    assert failed.output.startswith("Error: there ")


async def test_an_address_that_must_not_be_called_is_refused(desk: FakeOtherDesk) -> None:
    local = await call("handoff-events", "add", "theirs", desk.url, said="s\n")
    plain = await call("handoff-events", "add", "theirs", "http://a.example", said="s\n")

    assert (local.exit_code, "--private" in local.output) == (1, True)
    assert (plain.exit_code, "https://" in plain.output) == (1, True)
    assert await rows() == []


async def test_what_was_given_up_is_listed_and_told_again(
    desk: FakeOtherDesk, stage: Stage
) -> None:
    await add(desk)
    await stage.a_request()
    await stage.rows(
        "UPDATE handoff_events SET stuck_at = now(), tries = 40, trouble = 'status 400'"
    )

    (parked,) = await rows()
    replayed = await call("handoff-events", "replay", "theirs")
    (after,) = await rows()

    assert (parked["parked"], parked["trouble"]) == (1, "status 400")
    assert replayed.output == "events that are told to theirs again: 1\n"
    assert (after["waiting"], after["parked"]) == (1, 0)


async def test_a_running_process_tells_what_happens(
    desk: FakeOtherDesk, stage: Stage, dsn: str
) -> None:
    await add(desk)
    talk = await stage.a_conversation()
    async with connected(load(), dsn) as base:
        part, handoffs = OtherDesks(base), handing(base).handoffs
        running = asyncio.create_task(part.run())
        request = await handoffs.request(talk.tenant, talk.id, WANTS)
        await desk.until("requested")
        taken = await handoffs.apply(request, Claim(agent=ANN, name="Ann"))
        assert taken is not None
        await handoffs.apply(taken, Close(agent=ANN, name="Ann"))
        await desk.until("requested", "accepted", "completed")
        part.stop()
        await running
        told = base.metrics.registry.get_sample_value(
            "switchboard_handoff_event_calls_total",
            {"kind": "handoff.completed", "outcome": "told"},
        )

    assert told == 1
