"""The command line: instant help, exit codes 0, 1 and 2, one sentence instead of a traceback."""

import json
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from core.domain.errors import RefusedError
from deploy.cli import COMMANDS, Commands, main

pytestmark = pytest.mark.slow  # many connections: not for make quick


@pytest.fixture
def call(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Call":
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.chdir(tmp_path)
    return Call()


class Call:
    """Calls commands in this process."""

    def __call__(self, *words: str) -> Result:
        return CliRunner().invoke(main, words)


def program(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "deploy.cli", *words], capture_output=True, text=True, check=False
    )


def test_help_lists_every_command_without_importing_any() -> None:
    done = program("--help")

    assert done.returncode == 0
    assert all(f"  {name} " in done.stdout for name in COMMANDS)
    loaded = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "deploy.cli", "--help"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert not re.search(r"\| +(asyncpg|pydantic|aiohttp|asyncio|numpy)\b", loaded.stderr)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_helps_with_a_sentence(name: str) -> None:
    done = CliRunner().invoke(main, [name, "--help"])

    assert done.exit_code == 0, done.output
    assert "Usage:" in done.output


@pytest.mark.parametrize(
    "words", [["nope"], ["db"], ["db", "restore", "no-such-file"], ["up", "--x"]]
)
def test_wrong_usage_is_2(words: list[str]) -> None:
    done = program(*words)

    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_failure_is_1_with_one_sentence_on_stderr(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("[deploy]\nport = 99999\n")

    done = program("config", "check", "--config", str(tmp_path / "bad.toml"))

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: the configuration has 1 mistake:")
    assert "Traceback" not in done.stderr


def test_an_unexpected_error_names_its_kind_and_place_and_no_value() -> None:
    @click.group(cls=Commands)
    @click.option("--debug", is_flag=True)
    def group(**_: object) -> None:
        int("words of a customer")

    done = CliRunner().invoke(group, ["config", "check"])

    assert done.exit_code == 1
    assert f"unexpected ValueError at {__name__}:" in done.output
    assert "customer" not in done.output


def test_an_error_of_ours_inside_a_group_speaks_for_itself() -> None:
    @click.group(cls=Commands)
    def group(**_: object) -> None:
        raise ExceptionGroup("", [ExceptionGroup("", [RefusedError("the sentence")])])

    done = CliRunner().invoke(group, ["config", "check"])

    assert done.output == "Error: the sentence\n"


def test_the_version_is_that_of_the_package() -> None:
    assert re.fullmatch(
        r"switchboard \d+\.\d+\.\d+\n", CliRunner().invoke(main, ["--version"]).output
    )


def test_config_check_shows_all_settings_and_hides_secrets(call: Call) -> None:
    done = call("config", "check", "--json")

    rows = {row["setting"]: row["value"] for row in json.loads(done.output)}
    assert rows["deploy.port"] == 8080
    assert rows["deploy.database_url"] == "(set, hidden)"


def test_tenants_are_added_and_listed(call: Call) -> None:
    assert call("tenant", "add", "acme", "--name", "Acme 商店").exit_code == 0

    listed = call("tenant", "list", "--json")

    assert {(row["tenant"], row["name"]) for row in json.loads(listed.output)} == {
        ("acme", "Acme 商店"),
        ("default", "Default"),
    }
    assert re.search(r"^acme +Acme 商店 +0 +0", call("tenant", "list").output, re.MULTILINE)


def test_a_tenant_s_id_has_a_form(call: Call) -> None:
    done = call("tenant", "add", "Not Good")

    assert done.exit_code == 1
    assert "1 to 63 lower-case letters" in done.output


def test_migrate_says_what_it_did(call: Call) -> None:
    assert call("db", "migrate").output == "the schema is up to date\n"


def test_a_database_that_is_not_there_is_one_sentence_without_its_address(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:hunter2@127.0.0.1:1/x")

    done = call("tenant", "list")

    assert done.exit_code == 1
    assert done.output.startswith("Error: the database cannot be reached: ")
    assert "hunter2" not in done.output


def test_the_doctor_finds_nothing_wrong_with_a_migrated_database(call: Call) -> None:
    done = call("doctor", "--data-dir", "data", "--json")

    states = {row["check"]: row["state"] for row in json.loads(done.output)}
    assert done.exit_code == 0, done.output
    assert states["migrations"] == states["pgvector"] == states["database"] == "ok"


def test_the_doctor_says_what_is_wrong_and_exits_with_1(call: Call, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    done = call("doctor", "--data-dir", "file/data")

    assert done.exit_code == 1
    assert re.search(r"^data folder +wrong", done.output, re.MULTILINE)


@pytest.mark.slow
def test_a_backup_restored_into_another_folder_holds_the_same(server_folder: Path) -> None:
    run, here, there = (
        CliRunner().invoke,
        str(server_folder / "here"),
        str(server_folder / "there"),
    )
    run(main, ["tenant", "add", "acme", "--data-dir", here])

    kept = run(main, ["db", "backup", str(server_folder / "copy"), "--data-dir", here])
    back = run(main, ["db", "restore", str(server_folder / "copy"), "--data-dir", there])

    assert (kept.exit_code, back.exit_code) == (0, 0), kept.output + back.output
    assert "acme" in run(main, ["tenant", "list", "--data-dir", there]).output
    again = run(main, ["db", "restore", str(server_folder / "copy"), "--data-dir", there])
    assert "the database is not empty" in again.output
