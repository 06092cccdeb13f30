"""Brings the database schema up to date: plain SQL files, checksummed, one runner at a time."""

import asyncio
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.domain.errors import MigrationFailed

FOLDER = Path(__file__).parent / "migrations"
_LOCK = 7_306_021_194_405_321
_FILE = re.compile(r"^(\d{4})_([a-z0-9_]+)\.sql$")
_ALONE = "-- migrate: no-transaction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One migration file."""

    number: int
    name: str
    sql: str
    digest: str

    @property
    def transactional(self) -> bool:
        """False for a file of one statement that cannot run inside a transaction."""
        return not self.sql.startswith(_ALONE)


def read(folder: Path = FOLDER) -> tuple[Step, ...]:
    """The steps of a folder, in order.

    Raises:
        MigrationFailed: a name that does not fit, or a gap in the numbers.
    """
    steps = []
    for expected, path in enumerate(sorted(folder.glob("*.sql")), start=1):
        match = _FILE.match(path.name)
        if match is None or int(match[1]) != expected:
            raise MigrationFailed(f"{path.name}: expected a file named {expected:04}_name.sql")
        sql = path.read_text(encoding="utf-8")
        digest = hashlib.sha256(sql.encode()).hexdigest()
        steps.append(Step(number=expected, name=match[2], sql=sql, digest=digest))
    return tuple(steps)


async def pending(connection: Any, folder: Path = FOLDER) -> tuple[Step, ...]:
    """The steps the database has not seen yet.

    Raises:
        MigrationFailed: the database is newer than the code, or an applied file was changed.
    """
    steps = read(folder)
    if await connection.fetchval("SELECT to_regclass('schema_migrations')") is None:
        return steps
    applied = {
        row["number"]: row["digest"]
        for row in await connection.fetch("SELECT number, digest FROM schema_migrations")
    }
    if max(applied, default=0) > len(steps):
        raise MigrationFailed(
            f"the database is at migration {max(applied)}, this version knows {len(steps)}"
        )
    for step in steps:
        if applied.get(step.number, step.digest) != step.digest:
            raise MigrationFailed(f"migration {step.number:04} was changed after it was applied")
    return tuple(step for step in steps if step.number not in applied)


async def migrate(
    connection: Any, folder: Path = FOLDER, patience_s: float = 300
) -> tuple[Step, ...]:
    """Apply what is pending; safe when several processes start at once.

    The lock is tried and retried, never waited for inside Postgres: a waiter would hold a
    snapshot that CREATE INDEX CONCURRENTLY of the lock's holder waits for.

    Args:
        connection: a dedicated asyncpg connection, not one of a pool.
        folder: where the files are.
        patience_s: how long to wait for another runner.

    Raises:
        MigrationFailed: as `pending` does, or another runner took too long.
    """
    try:
        async with asyncio.timeout(patience_s):
            while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):  # noqa: ASYNC110 - the lock is another process's
                await asyncio.sleep(0.1)
    except TimeoutError as late:
        raise MigrationFailed("another migration has run for too long") from late
    try:
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_migrations (number int PRIMARY KEY,"
            " name text NOT NULL, digest text NOT NULL,"
            " applied_at timestamptz NOT NULL DEFAULT now())"
        )
        fresh = await pending(connection, folder)
        for step in fresh:
            await _apply(connection, step)
    finally:
        await connection.execute("SELECT pg_advisory_unlock($1)", _LOCK)
    return fresh


async def _apply(connection: Any, step: Step) -> None:
    record = "INSERT INTO schema_migrations (number, name, digest) VALUES ($1, $2, $3)"
    if not step.transactional:
        await connection.execute(step.sql)
        await connection.execute(record, step.number, step.name, step.digest)
        return
    async with connection.transaction():
        await connection.execute("SET LOCAL lock_timeout = '10s'")
        await connection.execute(step.sql)
        await connection.execute(record, step.number, step.name, step.digest)
