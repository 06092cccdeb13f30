"""A receiving side for each test."""

import pytest

from core.postgres.database import Database
from tests.channels.slack.kit import Kit
from tests.channels.slack.payloads import an_account


@pytest.fixture
async def kit(database: Database) -> Kit:
    kit = Kit(database)
    await kit.keep(an_account())
    return kit
