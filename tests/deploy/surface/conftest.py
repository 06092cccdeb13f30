"""A team for each test."""

from collections.abc import AsyncIterator

import pytest

from core.postgres.database import Database
from tests.deploy.surface.kit import Team, a_team


@pytest.fixture
async def team(database: Database) -> AsyncIterator[Team]:
    async with a_team(database) as team:
        yield team
