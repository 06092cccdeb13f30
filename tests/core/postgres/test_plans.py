"""What runs for every message touches its own rows only, however the tables have churned."""

import re
from pathlib import Path

import pytest

from core.postgres.database import Database
from core.postgres.queries import read

FOLDER = Path(__file__).parents[3] / "core" / "postgres"


@pytest.mark.parametrize(
    ("file", "query"),
    [
        ("event_log", "append_one"),
        ("event_log", "append"),
        ("member", "read"),
        ("group", "commit"),
        ("outbox", "move"),
        ("outbox", "oldest"),
        ("outbox", "strays"),
    ],
)
async def test_a_queue_is_read_by_plain_index_scans(
    database: Database, file: str, query: str
) -> None:
    statement = getattr(read(FOLDER / f"{file}.sql"), query)
    nothing = ", ".join(["NULL"] * len(set(re.findall(r"\$\d", statement))))

    async with database.as_service() as connection:
        await connection.execute(f"PREPARE watched AS {statement}")
        rows = await connection.fetch(f"EXPLAIN EXECUTE watched ({nothing})")
        await connection.execute("DEALLOCATE watched")

    plan = "\n".join(row[0] for row in rows)
    assert "Bitmap" not in plan
    assert "Seq Scan on outbox" not in plan
    assert "Seq Scan on log_" not in plan
