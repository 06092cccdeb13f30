"""`switchboard desk place` and `desk link`, on a real database."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from channels.accounts import Account
from channels.postgres.accounts import PostgresAccounts
from core.clock import SystemClock
from core.domain.messages import Channel
from core.postgres.database import Database
from core.sealing import Seal, new_key
from deploy.cli import main
from handoff.people.account import Link, NewAccount
from handoff.people.audit import Sealing
from handoff.people.roles import Role
from handoff.postgres.audit import Notary
from handoff.postgres.people import PostgresPeople
from tests.builders import TENANT
from tests.deploy.surface.kit import SETUP


class Call:
    """Calls the commands in this process."""

    def __init__(self, dsn: str, key: str) -> None:
        self.dsn = dsn
        self.key = key

    def __call__(self, *words: str) -> Result:
        return CliRunner().invoke(main, ["desk", *words])

    def prepare(self) -> None:
        """A workspace, and Ann."""

        async def run() -> None:
            async with await Database.connect(self.dsn, tenant_size=2, service_size=2) as pools:
                account = Account(
                    tenant=TENANT, channel=Channel.SLACK, name="acme", native="T0001"
                )
                await PostgresAccounts(pools, Seal([self.key])).keep(account)
                clock = SystemClock()
                people = PostgresPeople(pools, clock, Notary(Sealing([b"key"]), clock))
                new = NewAccount(email="ann@acme.example", name="Ann", role=Role.AGENT)
                await people.add(SETUP, new, Link("secret", timedelta(hours=1)))

        asyncio.run(run())


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dsn: str) -> Call:
    key = new_key()
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("SWITCHBOARD_DEPLOY__DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SWITCHBOARD_CHANNELS__SECRET_KEYS", json.dumps([key]))
    monkeypatch.chdir(tmp_path)
    made = Call(dsn, key)
    made.prepare()
    return made


def said(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.output.strip()


def test_a_team_gets_a_channel_and_loses_it_again(call: Call) -> None:
    empty = said(call("place", "list"))
    said(call("place", "add", "acme", "C0BILL", "--team", "billing"))
    rows = json.loads(said(call("place", "list", "--json")))
    said(call("place", "remove", "--team", "billing"))
    again = call("place", "remove", "--team", "billing")

    assert empty == "no team works in a channel"
    assert rows == [{"team": "billing", "at": "acme/C0BILL"}]
    assert again.exit_code == 1
    assert "no channel of its own" in again.output


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("acme", "#billing"), "no channel's id"),
        (("nobody", "C0BILL"), "no such account"),
        (("acme", "C0BILL", "--tenant", "other"), "not an account of other"),
    ],
)
def test_a_place_that_cannot_be_is_refused_with_a_reason(
    call: Call, words: tuple[str, ...], why: str
) -> None:
    result = call("place", "add", *words)

    assert result.exit_code == 1
    assert why in result.output


def test_somebody_is_linked_and_goes_by_their_address_again(call: Call) -> None:
    said(call("link", "add", "T0001:U0ANN", "Ann@acme.example"))
    rows = json.loads(said(call("link", "list", "--json")))
    said(call("link", "remove", "T0001:U0ANN"))
    unknown = call("link", "add", "T0001:U0ANN", "nobody@acme.example")
    nobody = call("link", "add", "ann", "ann@acme.example")

    assert rows == [{"native": "T0001:U0ANN", "email": "ann@acme.example", "name": "Ann"}]
    assert said(call("link", "list")) == "nobody is linked"
    assert unknown.exit_code == nobody.exit_code == 1
    assert "nobody's id on Slack" in nobody.output
