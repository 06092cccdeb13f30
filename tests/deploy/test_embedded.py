"""The embedded server: made once, shared, recovered, stopped by its last user."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from core.domain.errors import SetupError
from deploy.data_dir import DataDirLock
from deploy.embedded import EmbeddedPostgres

pytestmark = pytest.mark.slow

_USE_AND_DIE = """
import os, signal, sys
from pathlib import Path
from deploy.embedded import EmbeddedPostgres
EmbeddedPostgres.open(Path(sys.argv[1]))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def folder(server_folder: Path) -> Iterator[Path]:
    data = server_folder / "data"
    yield data
    if data.exists():
        EmbeddedPostgres.open(data).close()


def _postmaster(folder: Path) -> int:
    return int((folder / "postgres" / "postmaster.pid").read_text().splitlines()[0])


async def _ask(server: EmbeddedPostgres, question: str) -> object:
    connection = await asyncpg.connect(server.dsn)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def test_what_was_stored_is_there_after_a_stop_and_a_start(folder: Path) -> None:
    with EmbeddedPostgres.open(folder) as server:
        await _ask(server, "CREATE TABLE kept AS SELECT 7 AS x")

    assert not (folder / "postgres" / "postmaster.pid").exists()
    with EmbeddedPostgres.open(folder) as server:
        assert await _ask(server, "SELECT x FROM kept") == 7


async def test_a_commit_waits_for_the_disk_and_the_log_keeps_no_statements(folder: Path) -> None:
    with EmbeddedPostgres.open(folder) as server:
        assert await _ask(server, "SHOW fsync") == "on"
        assert await _ask(server, "SHOW synchronous_commit") == "on"
        with pytest.raises(asyncpg.PostgresError):
            await _ask(server, "SELECT 'words of a customer'::int")

    assert "words of a customer" not in (folder / "postgres" / "server.log").read_text()


async def test_the_server_runs_until_its_last_user_leaves(folder: Path) -> None:
    first, second = EmbeddedPostgres.open(folder), EmbeddedPostgres.open(folder)

    first.close()

    assert await _ask(second, "SELECT 1") == 1
    second.close()
    assert not (folder / "postgres" / "postmaster.pid").exists()


async def test_a_killed_user_leaves_a_server_that_the_next_one_uses(folder: Path) -> None:
    words = [sys.executable, "-c", _USE_AND_DIE, str(folder)]
    done = await asyncio.to_thread(subprocess.run, words, check=False)
    assert done.returncode == -signal.SIGKILL
    before = _postmaster(folder)

    with EmbeddedPostgres.open(folder) as server:
        assert _postmaster(folder) == before
        assert await _ask(server, "SELECT 1") == 1


async def test_a_killed_server_recovers_with_everything_committed(folder: Path) -> None:
    server = EmbeddedPostgres.open(folder)
    await _ask(server, "CREATE TABLE kept AS SELECT 7 AS x")
    os.kill(_postmaster(folder), signal.SIGKILL)

    with EmbeddedPostgres.open(folder) as again:
        assert await _ask(again, "SELECT x FROM kept") == 7
    server.close()


async def test_a_server_starts_as_soon_as_the_last_worker_of_a_killed_one_has_ended(
    folder: Path,
) -> None:
    with EmbeddedPostgres.open(folder):
        (worker, *_) = psutil.Process(_postmaster(folder)).children()
        worker.suspend()  # it does not notice that its server is gone
        os.kill(_postmaster(folder), signal.SIGKILL)
        starting = asyncio.create_task(asyncio.to_thread(EmbeddedPostgres.open, folder))
        log = folder / "postgres" / "server.log"
        async with asyncio.timeout(30):
            while b"still in use" not in log.read_bytes():
                await asyncio.sleep(0.05)

        worker.kill()

        with await starting as again:
            assert await _ask(again, "SELECT 1") == 1


async def test_a_number_that_another_program_has_now_does_not_keep_the_server_down(
    folder: Path,
) -> None:
    EmbeddedPostgres.open(folder).close()
    pid_file = folder / "postgres" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{folder / 'postgres'}\n")

    with EmbeddedPostgres.open(folder) as server:
        assert await _ask(server, "SELECT 1") == 1


def test_an_unfinished_folder_is_made_anew(folder: Path) -> None:
    (folder / "postgres.new-killed").mkdir(parents=True)
    (folder / "postgres.new-killed" / "PG_VERSION").write_text("18\n")

    EmbeddedPostgres.open(folder).close()

    assert not (folder / "postgres.new-killed").exists()


async def test_a_long_path_is_no_obstacle(server_folder: Path) -> None:
    folder = server_folder / ("long-" * 30)

    with EmbeddedPostgres.open(folder) as server:
        assert await _ask(server, "SELECT 1") == 1


def test_a_folder_of_another_version_is_refused_with_a_way_out(folder: Path) -> None:
    (folder / "postgres").mkdir(parents=True)
    (folder / "postgres" / "PG_VERSION").write_text("16\n")

    with pytest.raises(SetupError, match="made by Postgres 16"):
        EmbeddedPostgres.open(folder)
    (folder / "postgres" / "PG_VERSION").unlink()
    (folder / "postgres").rmdir()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(SetupError, match="cannot be made"):
        EmbeddedPostgres.open(tmp_path / "file" / "data")


def test_a_second_service_on_the_same_folder_is_told_who_has_it(tmp_path: Path) -> None:
    first = DataDirLock(tmp_path)

    with pytest.raises(SetupError, match=rf"process {os.getpid()}"):
        DataDirLock(tmp_path)
    first.close()
    DataDirLock(tmp_path).close()
