"""Connectors and tickets from the command line."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from core.postgres.database import Database
from deploy.cli import main
from tests.fakes.jira import FakeJira
from tests.fakes.trackers import HOOK, TOKEN
from tests.handoff.stage import Stage
from tests.handoff.tickets.kit import ANN, a_comment, a_ticket, tickets_of

KEY = "aGVyZSBhcmUgdGhpcnR5LXR3byBieXRlcyBmb3IgdXM="


@pytest.fixture(autouse=True)
def service(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("SWITCHBOARD_CHANNELS__SECRET_KEYS", json.dumps([KEY]))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
async def jira() -> AsyncIterator[FakeJira]:
    async with FakeJira().open() as tracker:
        yield tracker


@pytest.fixture
async def stage(database: Database) -> Stage:
    made = Stage(database)
    await made.prepare()
    return made


async def call(*words: str, said: str = "") -> Result:
    return await asyncio.to_thread(CliRunner().invoke, main, words, input=said)


async def add(mapping: str, said: str = f"{TOKEN}\n{HOOK}\n") -> Result:
    Path("jira.toml").write_text(mapping, "utf-8")
    return await call("connector", "add", "our-jira", "jira.toml", said=said)


async def test_a_tracker_is_added_checked_listed_and_removed(jira: FakeJira) -> None:
    added = await add(jira.mapping())
    checked = await call("connector", "check", "--json")
    listed = json.loads((await call("connector", "list", "--json")).stdout)
    removed = await call("connector", "remove", "our-jira")

    assert "/connectors/" in added.output
    assert TOKEN not in added.output
    assert (checked.exit_code, {one["state"] for one in json.loads(checked.stdout)}) == (
        0,
        {"good"},
    )
    assert [(one["name"], one["kind"], one["tickets"]) for one in listed] == [
        ("our-jira", "jira", 0)
    ]
    assert removed.exit_code == 0
    assert json.loads((await call("connector", "list", "--json")).stdout) == []


async def test_all_mistakes_of_a_file_are_told_at_once(jira: FakeJira) -> None:
    broken = jira.mapping().replace('key = "SUP"', 'colour = "red"').replace("jira", "jira", 1)
    broken += '[states]\nDone = "finished"\n[priorities]\nhuge = "1"\n'

    done = await add(broken.replace('= "orders"', '= "weather"').replace("true", "3", 1))

    assert done.exit_code == 1
    assert "6 mistakes" in done.output
    for where in ("project.key", "project.colour", "states.Done", "priorities.huge",
                  "fields.customfield_10010", "private"):  # fmt: skip
        assert f"{where}:" in done.output


async def test_check_says_what_the_tracker_lacks(jira: FakeJira) -> None:
    mapping = jira.mapping().replace('type = "Task"', 'type = "Epos"').replace("10010", "10099")
    await add(mapping)

    done = await call("connector", "check")

    assert done.exit_code == 1
    assert "there are Task" in done.output
    assert "there is no such field" in done.output


async def test_a_wrong_token_is_one_sentence(jira: FakeJira) -> None:
    await add(jira.mapping(), said=f"sesame-7\n{HOOK}\n")

    done = await call("connector", "check")

    assert done.exit_code == 1
    assert "status 401" in done.output
    assert "sesame-7" not in done.output


async def test_a_secret_that_nobody_gave_is_made_and_printed(jira: FakeJira) -> None:
    added = await add(jira.mapping(), said=f"{TOKEN}\n\n")

    assert "are signed with" in added.output


async def test_tickets_are_listed_and_shown(stage: Stage) -> None:
    tickets = tickets_of(stage)
    opened = await tickets.open(ANN, a_ticket())
    await tickets.comment(ANN, opened.id, a_comment())

    (row,) = json.loads((await call("ticket", "list", "--json")).stdout)
    shown = (await call("ticket", "show", "1")).output
    missing = await call("ticket", "show", "2")

    assert (row["number"], row["state"], row["title"]) == (1, "new", "The kettle leaks")
    assert "orders: AB-123456" in shown
    assert "comments: person:ann: We have sent a new lid." in shown
    assert (missing.exit_code, missing.output) == (1, "Error: There is no such ticket.\n")
