"""A receiving side for each test."""

from collections.abc import AsyncIterator

import pytest

from core.postgres.database import Database
from tests.channels.slack.kit import Kit
from tests.channels.slack.payloads import an_account
from tests.channels.slack.stage import Stage, a_stage


@pytest.fixture
async def kit(database: Database) -> Kit:
    kit = Kit(database)
    await kit.keep(an_account())
    return kit


@pytest.fixture
async def stage(database: Database) -> AsyncIterator[Stage]:
    async with a_stage(database) as stage:
        yield stage
