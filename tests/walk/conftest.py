"""The real store, with the topic that messages are accepted into."""

import pytest

from core.clock import SystemClock
from core.postgres.conversations import PostgresConversations
from core.postgres.database import Database


@pytest.fixture
async def store(database: Database) -> PostgresConversations:
    async with database.as_service() as connection:
        await connection.execute(
            "INSERT INTO log_partitions (topic, part)"
            " SELECT 'inbound', generate_series(0, 11) ON CONFLICT DO NOTHING"
        )
    return PostgresConversations(database, SystemClock(), lambda topic: None)
