"""A service with one bot for each test."""

from collections.abc import AsyncIterator

import pytest

from core.postgres.database import Database
from tests.channels.telegram.kit import Kit
from tests.fakes.clock import FakeClock
from tests.fakes.telegram import FakeTelegram


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def telegram(clock: FakeClock) -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram.start(clock.monotonic) as fake:
        yield fake


@pytest.fixture
async def kit(database: Database, telegram: FakeTelegram, clock: FakeClock) -> AsyncIterator[Kit]:
    kit = Kit(database, telegram, clock)
    await kit.accounts.keep(kit.account)
    yield kit
    await kit.acknowledge.close()
    await kit.bots.close()
