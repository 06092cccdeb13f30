"""A database in which only the limit's statements run."""

import asyncpg

from core.postgres.event_log import TOPICS
from core.postgres.queries import read
from deploy.embedded import DATABASE
from deploy.migrate import migrate
from tests.bench.programs import ROOT

_LOG = read(ROOT / "core" / "postgres" / "event_log.sql")


async def limit_database(dsn: str) -> str:
    """A migrated database with the log's topics, on the same server: no worker takes its messages
    for turns. Returns its DSN.
    """
    connection = await asyncpg.connect(dsn)
    await connection.execute("CREATE DATABASE bench_limit")
    await connection.close()
    own = dsn.replace(f"/{DATABASE}?", "/bench_limit?")
    connection = await asyncpg.connect(own)
    try:
        await migrate(connection)
        await connection.execute(_LOG.make, list(TOPICS), 12)
    finally:
        await connection.close()
    return own
