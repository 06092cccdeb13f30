"""A shop to call, and the tools that call it."""

from collections.abc import AsyncIterator

import pytest

from core.clock import SystemClock
from core.domain.ids import CustomerId
from core.domain.messages import Channel
from core.postgres.conversations import PostgresConversations
from core.postgres.database import Database
from core.tools.call import Caller
from tests.builders import TENANT
from tests.core.tools.talk import Talk
from tests.fakes.shop import FakeShop


@pytest.fixture
async def shop() -> AsyncIterator[FakeShop]:
    async with FakeShop().open() as shop:
        yield shop


@pytest.fixture
async def talk(database: Database, shop: FakeShop) -> AsyncIterator[Talk]:
    async with database.as_service() as connection:
        await connection.execute(
            "INSERT INTO log_partitions (topic, part)"
            " SELECT 'inbound', generate_series(0, 11) ON CONFLICT DO NOTHING"
        )
    store = PostgresConversations(database, SystemClock(), lambda topic: None)
    here = await store.open(TENANT, Channel.WEB, CustomerId("visitor"), "first")
    async with Caller(frozenset({"127.0.0.1"})) as caller:
        yield Talk(store, database, shop, here, caller)
