"""The log in Postgres, for what runs on it."""

from collections.abc import AsyncIterator

import pytest

from core.postgres.bell import Bell
from core.postgres.database import Database
from core.postgres.event_log import PostgresEventLog
from core.postgres.signals import Signals


@pytest.fixture
async def bell(database: Database) -> AsyncIterator[Bell]:
    """The bell of one process."""
    signals = await Signals.open(database)
    opened = await Bell.open(signals)
    yield opened
    await opened.close()
    await signals.close()


@pytest.fixture
async def log(database: Database, bell: Bell) -> AsyncIterator[PostgresEventLog]:
    """With all topics."""
    opened = await PostgresEventLog.create(database, bell)
    yield opened
    await opened.close()
