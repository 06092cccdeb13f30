from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr

from channels.settings import ChannelsSettings
from core.domain.errors import SetupError
from core.sealing import new_key
from deploy.keys import seal_of
from deploy.running import DeploySettings
from deploy.settings import Settings


def here(folder: Path) -> Settings:
    return Settings(deploy=DeploySettings(data_dir=str(folder)))


def test_a_service_with_its_own_database_keeps_a_key_for_itself_alone(tmp_path: Path) -> None:
    sealed = seal_of(here(tmp_path / "data")).close(b"token", "slack/shop")

    assert seal_of(here(tmp_path / "data")).open(sealed, "slack/shop") == b"token"
    assert (tmp_path / "data" / "secret.key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(SetupError, match="cannot be read"):
        seal_of(here(tmp_path / "other")).open(sealed, "slack/shop")


def test_of_many_processes_that_begin_at_once_all_have_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        seals = list(threads.map(lambda _: seal_of(here(tmp_path)), range(8)))

    sealed = seals[0].close(b"token", "x")
    assert {seal.open(sealed, "x") for seal in seals} == {b"token"}
    assert [file.name for file in tmp_path.iterdir()] == ["secret.key"]


def test_a_configured_key_is_used_and_none_is_made(tmp_path: Path) -> None:
    configured = Settings(
        channels=ChannelsSettings(secret_keys=(SecretStr(new_key()),)),
        deploy=DeploySettings(data_dir=str(tmp_path)),
    )

    sealed = seal_of(configured).close(b"token", "x")
    assert seal_of(configured).open(sealed, "x") == b"token"
    assert list(tmp_path.iterdir()) == []


def test_a_service_on_a_shared_database_has_no_key_of_its_own(tmp_path: Path) -> None:
    shared = Settings(
        deploy=DeploySettings(data_dir=str(tmp_path), database_url=SecretStr("postgresql://u@h/d"))
    )

    with pytest.raises(SetupError, match="secret_keys is empty"):
        seal_of(shared).close(b"token", "x")
