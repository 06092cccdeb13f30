"""Migrations: applied once, whoever starts first; refused when they do not fit."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from core.domain.errors import MigrationFailed
from deploy.migrate import migrate, pending


async def test_six_runners_at_once_apply_each_step_once(dsn: str, tmp_path: Path) -> None:
    (tmp_path / "0001_one.sql").write_text("CREATE TABLE one (x int)")
    (tmp_path / "0002_two.sql").write_text("CREATE TABLE two (x int)")
    runners = [await asyncpg.connect(dsn) for _ in range(6)]
    await runners[0].execute("DROP TABLE schema_migrations")

    applied = await asyncio.gather(*(migrate(runner, tmp_path) for runner in runners))

    assert sorted(len(steps) for steps in applied) == [0, 0, 0, 0, 0, 2]
    await asyncio.gather(*(runner.close() for runner in runners))


async def test_a_migrated_database_has_nothing_pending(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)

    assert await pending(connection) == ()
    await connection.close()


async def test_a_file_changed_after_it_was_applied_is_refused(dsn: str, tmp_path: Path) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute("DROP TABLE schema_migrations")
    file = tmp_path / "0001_one.sql"
    file.write_text("CREATE TABLE one (x int)")
    await migrate(connection, tmp_path)
    file.write_text("CREATE TABLE one (x bigint)")

    with pytest.raises(MigrationFailed, match="0001 was changed"):
        await migrate(connection, tmp_path)
    await connection.close()


async def test_a_database_newer_than_the_code_is_refused(dsn: str, tmp_path: Path) -> None:
    connection = await asyncpg.connect(dsn)

    with pytest.raises(MigrationFailed, match="the database is at migration"):
        await migrate(connection, tmp_path)
    await connection.close()


async def test_a_failing_step_leaves_nothing_behind(dsn: str, tmp_path: Path) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute("DROP TABLE schema_migrations")
    (tmp_path / "0001_one.sql").write_text("CREATE TABLE one (x int); SELECT 1/0")

    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(connection, tmp_path)

    assert await connection.fetchval("SELECT to_regclass('one')") is None
    await connection.close()
