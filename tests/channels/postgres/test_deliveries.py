"""The ledger between two dispatchers, at the moments that statements leave between them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from channels.ports import Ended
from channels.postgres.deliveries import PostgresDeliveries
from core.domain.errors import DeliveryDelayed
from core.postgres.database import Database
from tests.channels.sending import a_stage

pytestmark = pytest.mark.slow  # many connections: not for make quick


class Between:
    """A database in which something happens behind the first statement."""

    def __init__(self, database: Database, happens: Callable[[], Awaitable[None]]) -> None:
        self._database = database
        self._happens = happens

    @asynccontextmanager
    async def as_tenant(self, tenant) -> AsyncIterator[object]:
        async with self._database.as_tenant(tenant) as connection:
            yield _Connection(connection, self._happens)


class _Connection:
    def __init__(self, connection, happens) -> None:
        self._connection, self._happens = connection, happens

    async def fetchrow(self, *words):
        row = await self._connection.fetchrow(*words)
        happens, self._happens = self._happens, None
        if happens is not None:
            await happens()
        return row


@pytest.mark.parametrize("how", [Ended.UNSENT, Ended.UNKNOWN])
async def test_an_attempt_that_ends_while_another_looks_is_not_taken_for_a_delivery(
    database: Database, how: Ended
) -> None:
    async with a_stage(database) as stage:
        first, second = await stage.process(), await stage.process()
        begun = await first.ledger.begun(stage.sent())
        assert begun is not None

        async def ends() -> None:
            await first.ledger.ended(begun, how)

        late = PostgresDeliveries(Between(database, ends), second.signals)

        with pytest.raises(DeliveryDelayed):
            await late.begun(stage.sent())


async def test_a_delivery_that_is_marked_while_another_looks_is_one(database: Database) -> None:
    async with a_stage(database) as stage:
        first, second = await stage.process(), await stage.process()
        begun = await first.ledger.begun(stage.sent())
        assert begun is not None

        async def arrives() -> None:
            await first.ledger.delivered(stage.sent(), begun.before)

        late = PostgresDeliveries(Between(database, arrives), second.signals)

        assert await late.begun(stage.sent()) is None
