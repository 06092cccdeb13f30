"""Settings: every mistake at once, by name and place; secrets stay hidden."""

import os
from pathlib import Path

import pytest

from core.domain.errors import SettingsInvalid
from deploy.settings import load


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [*os.environ]:  # noqa: TID251 - to empty it
        if name.startswith(("SWITCHBOARD_", "DATABASE_URL", "KAFKA_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_all_mistakes_are_told_at_once_each_with_its_name_and_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "bad.toml"
    file.write_text('[deploy]\nport = 99999\nprot = 1\nlog_level = "loud"\n[nope]\na = 1\n')
    monkeypatch.setenv("SWITCHBOARD_CORE__HISTORY", "many")
    monkeypatch.setenv("SWITCHBOARD_CROE__HISTORY", "1")

    with pytest.raises(SettingsInvalid) as told:
        load(file, core={"lanes": 0})

    said = str(told.value)
    assert said.startswith("the configuration has 7 mistakes:")
    assert f"deploy.port, from {file}: input should be less than or equal to 65535" in said
    assert f"deploy.prot, from {file}: there is no such setting" in said
    assert f"deploy.log_level, from {file}: input should be 'debug'" in said
    assert f"nope, from {file}: there is no such setting" in said
    assert "core.history, from the environment: input should be a valid integer" in said
    assert "SWITCHBOARD_CROE__HISTORY, from the environment: there is no such setting" in said
    assert "core.lanes, from the command line" in said


def test_a_wrong_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCHBOARD_DEPLOY__DATABASE_URL", '["hunter2"]')

    with pytest.raises(SettingsInvalid) as told:
        load()

    assert "deploy.database_url" in str(told.value)
    assert "hunter2" not in str(told.value)


def test_a_secret_is_hidden_in_what_is_printed() -> None:
    settings = load(deploy={"database_url": "postgresql://u:hunter2@h/d"})

    assert "hunter2" not in repr(settings)


def test_the_stronger_place_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "switchboard.toml").write_text('[deploy]\nport = 1\nhost = "file"\n')
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "SWITCHBOARD_DEPLOY__DATABASE_URL").write_text("postgresql://secret\n")
    monkeypatch.setenv("SWITCHBOARD_SECRETS_DIR", str(tmp_path / "secrets"))
    monkeypatch.setenv("DATABASE_URL", "postgresql://plain")
    monkeypatch.setenv("SWITCHBOARD_DEPLOY__PORT", "2")

    settings = load(deploy={"host": "spoken"})

    assert settings.deploy.database_url.get_secret_value() == "postgresql://secret"
    assert (settings.deploy.port, settings.deploy.host) == (2, "spoken")


def test_the_plain_name_of_the_database_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://plain")

    assert load().deploy.database_url.get_secret_value() == "postgresql://plain"


def test_what_kubernetes_puts_into_a_pod_is_no_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCHBOARD_SERVICE_HOST", "10.0.0.1")
    monkeypatch.setenv("SWITCHBOARD_GATEWAY_PORT_8080_TCP_ADDR", "10.0.0.1")
    monkeypatch.setenv("SWITCHBOARD_PORT", "tcp://10.0.0.1:8080")

    load()


def test_a_list_is_written_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCHBOARD_CHANNELS__ALLOWED_ORIGINS", '["https://a", "https://b"]')

    assert load().channels.allowed_origins == ("https://a", "https://b")


@pytest.mark.parametrize("content", [b"[deploy", b"\xff\xfe", b"deploy = 1\n"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "broken.toml"
    file.write_bytes(content)

    with pytest.raises(SettingsInvalid, match=r"broken\.toml|deploy: belongs into a table"):
        load(file)


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="No such file"):
        load(tmp_path / "absent.toml")
