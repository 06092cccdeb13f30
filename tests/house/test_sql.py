"""Every query fits the schema, every migration has its number."""

from pathlib import Path

import asyncpg
import pytest

from core.postgres.queries import read
from deploy.migrate import FOLDER
from deploy.migrate import read as steps

ROOT = Path(__file__).parents[2]
FILES = sorted(
    path
    for folder in ("core", "channels", "handoff", "knowledge", "deploy")
    for path in (ROOT / folder).rglob("*.sql")
    if path.parent != FOLDER
)


def test_every_migration_has_its_number_once() -> None:
    found = sorted(int(path.name[:4]) for path in FOLDER.glob("*.sql"))

    assert found == [step.number for step in steps()] == [*range(1, len(found) + 1)]


@pytest.mark.parametrize("file", FILES, ids=lambda path: str(path.relative_to(ROOT)))
async def test_every_query_is_understood_by_the_migrated_schema(file: Path, dsn: str) -> None:
    queries = read(file)
    connection = await asyncpg.connect(dsn)

    assert queries.names()
    for name in queries.names():
        text = getattr(queries, name)
        if not text.startswith("DO $$"):  # Postgres prepares no anonymous blocks
            await connection.prepare(text)
    await connection.close()
