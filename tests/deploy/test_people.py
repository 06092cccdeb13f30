"""People and the log of what they did, from the command line; and the first admin."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from core.clock import new_secret
from core.domain.ids import TenantId
from core.postgres.database import Database
from deploy.cli import main
from deploy.console import people_of
from deploy.people import first_link
from deploy.settings import Settings, load
from handoff.people.doors import Doors
from handoff.postgres.failures import PostgresFailures
from tests.builders import TENANT

KEY = "aGVyZSBhcmUgdGhpcnR5LXR3byBieXRlcyBmb3IgdXM="
Call = Callable[..., Result]


@pytest.fixture
def call(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("SWITCHBOARD_CHANNELS__SECRET_KEYS", json.dumps([KEY]))
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(main, words)


@pytest.fixture
def settings() -> Settings:
    return load(channels={"secret_keys": [KEY]})


def test_somebody_is_added_listed_and_let_in_no_more(call: Call) -> None:
    added = call("agent", "add", "ann@example.com", "--name", "Ann", "--role", "admin")
    call("agent", "add", "bo@example.com")
    call("agent", "change", "bo@example.com", "--disable")

    assert "/console#/welcome/default/ann@example.com/" in added.output
    rows = json.loads(call("agent", "list", "--json").output)
    assert [(row["name"], row["role"], row["state"]) for row in rows] == [
        ("Ann", "admin", "invited"),
        ("bo", "agent", "disabled"),
    ]


def test_a_token_for_a_desk_of_ones_own_acts_as_somebody(call: Call) -> None:
    call("agent", "add", "bo@example.com", "--name", "Bo")

    made = call("agent", "token", "bo@example.com", "--days", "30")
    nobody = call("agent", "token", "cy@example.com")

    tenant, secret = made.output.strip().split(".")
    assert (made.exit_code, tenant, len(secret)) == (0, TENANT, 43)
    assert (nobody.exit_code, nobody.output) == (1, "Error: nobody has this e-mail address\n")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("add", "ann@example.com"), "somebody has this e-mail address already"),
        (("add", "nobody"), "an account has an e-mail address and a name"),
        (("link", "bo@example.com"), "nobody has this e-mail address"),
        (("change", "ann@example.com", "--disable"), "somebody must be left who can add people"),
    ],
)
def test_what_cannot_be_ends_with_one_sentence(call: Call, words: tuple, says: str) -> None:
    call("agent", "add", "ann@example.com", "--role", "admin")

    done = call("agent", *words)

    assert done.exit_code == 1
    assert done.output == f"Error: {says}\n"


def test_the_log_is_checked_and_exported(call: Call, dsn: str, database: Database) -> None:
    call("agent", "add", "ann@example.com", "--role", "admin")
    call("agent", "link", "ann@example.com")

    exported = [json.loads(line) for line in call("audit", "export").output.splitlines()]
    assert [entry["act"] for entry in exported] == ["person.add", "person.invite"]
    assert call("audit", "verify").output == "2 entries, the chain is whole\n"

    asyncio.run(_forge(dsn))

    broken = call("audit", "verify")
    assert (broken.exit_code, broken.output) == (1, "Error: the chain is broken at 1\n")


async def _forge(dsn: str) -> None:
    async with await Database.connect(dsn) as pools, pools.as_service() as connection:
        await connection.execute("ALTER TABLE audit DISABLE TRIGGER audit_stays")
        await connection.execute("UPDATE audit SET actor = 'nobody' WHERE seq = 1")
        await connection.execute("ALTER TABLE audit ENABLE TRIGGER audit_stays")


async def test_the_first_admin_has_a_link_until_a_password_is_set(
    settings: Settings, database: Database
) -> None:
    first = await first_link(settings, database)
    again = await first_link(settings, database)
    assert first
    assert again
    tenant, email, secret = again.rpartition("/welcome/")[2].split("/")
    people = people_of(settings, database)
    doors = Doors(people=people, failures=PostgresFailures(database), new_secret=new_secret)

    await doors.set_password(TenantId(tenant), secret, email, "correct horse battery")
    session, _ = await doors.enter(TENANT, email, "correct horse battery", "::1", "")

    assert session.account.role.value == "admin"
    assert await first_link(settings, database) is None
    assert len(await people.everyone(TENANT)) == 1


def test_without_a_key_there_are_no_accounts(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SWITCHBOARD_CHANNELS__SECRET_KEYS")

    done = call("agent", "list")

    assert done.exit_code == 1
    assert "`switchboard config key` makes one" in done.output


async def test_a_service_without_a_key_starts_without_a_console(
    dsn: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", dsn)

    assert await first_link(load(), database) is None
