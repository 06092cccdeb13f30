"""A gateway for each test."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from core.postgres.database import Database
from tests.channels.kit import Service, serving


@pytest.fixture
async def service(database: Database) -> AsyncIterator[Service]:
    async with serving(database) as running:
        yield running


@pytest.fixture
async def http(service: Service) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(service.url) as session:
        yield session
