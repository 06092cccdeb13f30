"""Visitors in Postgres: tokens by their digest."""

import hashlib

import asyncpg

from channels.ports import Visitors
from core.domain.errors import TenantNotFound
from core.domain.ids import ConversationId, CustomerId, TenantId
from core.ports import Clock
from core.postgres.database import Database
from core.postgres.queries import beside

_SQL = beside(__file__)


class PostgresVisitors(Visitors):
    """One row per token."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def welcome(self, tenant: TenantId, token: str) -> CustomerId:
        customer = CustomerId(f"visitor-{self._clock.new_id()}")
        try:
            async with self._database.as_tenant(tenant) as connection:
                await connection.execute(_SQL.welcome, tenant, _digest(token), customer)
        except asyncpg.ForeignKeyViolationError as unknown:
            raise TenantNotFound from unknown
        return customer

    async def recognise(self, tenant: TenantId, token: str) -> CustomerId | None:
        async with self._database.as_tenant(tenant) as connection:
            customer = await connection.fetchval(_SQL.recognise, tenant, _digest(token))
        return None if customer is None else CustomerId(customer)

    async def latest(self, tenant: TenantId, person: CustomerId) -> ConversationId | None:
        async with self._database.as_tenant(tenant) as connection:
            found = await connection.fetchval(_SQL.latest, tenant, person)
        return None if found is None else ConversationId(found)


def _digest(token: str) -> bytes:
    """A plain hash is enough: 32 random bytes cannot be guessed, so there is nothing to slow."""
    return hashlib.sha256(token.encode()).digest()
