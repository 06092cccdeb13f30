"""`switchboard desk`: how people take over, and who waits, on a real database."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from core.clock import SystemClock
from core.postgres.database import Database
from deploy.cli import main
from handoff.life import Wants
from handoff.moves import Claim
from handoff.practice import SHIPPED
from tests.builders import TENANT
from tests.handoff.cast import ANN
from tests.handoff.console.house import KEY
from tests.handoff.postgres.a_day import Request, noon, store
from tests.handoff.stage import Stage


class Call:
    """Calls the commands in this process."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn

    def __call__(self, *words: str) -> Result:
        return CliRunner().invoke(main, ["desk", *words])

    def happened(self, *requests: Request) -> None:
        """Put requests into the tables of a desk where it is about noon."""

        async def run() -> None:
            async with await Database.connect(self.dsn, tenant_size=2, service_size=2) as pools:
                await noon(pools, SystemClock(), first_s=60)
                await store(pools, *requests)

        asyncio.run(run())

    def prepare(self) -> None:
        """One who waits, a more urgent one, and one with whom Ann talks."""

        async def run() -> None:
            async with await Database.connect(self.dsn, tenant_size=2, service_size=2) as pools:
                stage = Stage(pools)
                await stage.prepare()
                await stage.an_agent(ANN)
                await stage.a_request("1", Wants(reason="asked for a person"))
                await stage.a_request("2", Wants(reason="rule refund", priority=9))
                taken = await stage.a_request("3", Wants(reason="asked for a person", team="x"))
                await stage.handoffs.move(TENANT, taken.id, Claim(agent=ANN, name="Ann"))

        asyncio.run(run())


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dsn: str) -> Call:
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("SWITCHBOARD_DEPLOY__DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return Call(dsn)


def said(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.output.strip()


def test_the_file_that_ships_has_no_mistake(call: Call) -> None:
    assert said(call("check", str(SHIPPED))) == "no mistake"


def test_a_file_with_mistakes_is_refused_with_all_of_them(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text("[limits]\nnobody_s = 0\n[hour]\n")

    for words in (("check", str(file)), ("import", str(file))):
        result = call(*words)
        assert result.exit_code == 1
        assert "2 mistakes" in result.output


def test_a_tenant_works_as_its_file_says_until_it_is_reset(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text("[assignment]\noffer_s = 20\n")

    imported = said(call("import", str(file)))
    reset = said(call("reset"))

    assert imported == "the people of default work as own.toml says"
    assert reset == "the people of default work as it ships"


def test_an_unknown_tenant_is_named_as_such(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text("")

    result = call("import", str(file), "--tenant", "nobody")

    assert result.exit_code == 1
    assert "There is no such tenant" in result.output


def test_who_waits_is_listed_in_the_order_of_service(call: Call) -> None:
    empty = said(call("list"))
    call.prepare()

    rows = json.loads(said(call("list", "--json")))

    assert empty == "nobody waits, and nobody talks with a person"
    assert [(row["priority"], row["state"], row["agent"], row["team"]) for row in rows] == [
        (9, "requested", None, None),
        (0, "requested", None, None),
        (0, "active", "Ann", "x"),
    ]
    assert rows[0]["reason"] == "rule refund"


def test_status_says_the_numbers_of_the_lead_s_page(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SWITCHBOARD_CHANNELS__SECRET_KEYS", f'["{KEY}"]')
    at = SystemClock().now() - timedelta(minutes=30)
    call.happened(
        Request(at=at, state="wrapped_up", taken_after_s=30, asked_to_rate=True, thumb="up"),
        Request(at=at, state="returned", taken_after_s=90),
        Request(at=at, state="queued"),
        Request(at=at, state="expired", cause="out_of_hours"),
    )

    found = {row["number"]: row for row in json.loads(said(call("status", "--json")))}

    assert (found["now.waiting"]["n"], found["now.missed"]["n"]) == (1, 1)
    assert found["now.waiting"]["seconds"] >= 1800
    counted = {name.removeprefix("today."): row["n"] for name, row in found.items()}
    assert [counted[name] for name in ("requested", "completed", "out_of_hours")] == [4, 2, 1]
    assert (found["today.rated_up"]["n"], found["today.rated_up"]["of"]) == (1, 2)
    waits = [found[f"today.wait_{name}"] for name in ("median", "p95")]
    assert [(row["n"], row["seconds"]) for row in waits] == [(2, 30), (2, 90)]
    assert "today.out_of_hours" in said(call("status"))


def test_status_without_a_key_is_refused_with_a_sentence(call: Call) -> None:
    refused = call("status")

    assert refused.exit_code == 1
    assert len(refused.output.strip().splitlines()) == 1
