"""Places in Postgres, beside the conversations."""

from collections.abc import Mapping
from typing import Any

import msgspec

from channels.places import Place, Places
from core.domain.errors import ConversationNotFound
from core.domain.ids import ConversationId, CustomerId, TenantId
from core.domain.messages import Channel
from core.postgres.database import Database
from core.postgres.queries import beside

_SQL = beside(__file__)
_route = msgspec.json.Decoder(dict[str, str])


class PostgresPlaces(Places):
    """Addresses are the conversations' own; what else is known has a row."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, tenant: TenantId, conversation: ConversationId) -> Place:
        async with self._database.as_tenant(tenant) as connection:
            row = await connection.fetchrow(_SQL.of, conversation)
        if row is None:
            raise ConversationNotFound
        return _place(row)

    async def found(self, conversation: ConversationId) -> Place | None:
        async with self._database.as_service() as connection:
            row = await connection.fetchrow(_SQL.of, conversation)
        return None if row is None else _place(row)

    async def at(self, tenant: TenantId, channel: Channel, address: str) -> Place | None:
        async with self._database.as_tenant(tenant) as connection:
            row = await connection.fetchrow(_SQL.at, tenant, channel.value, address)
        return None if row is None else _place(row)

    async def note(
        self,
        tenant: TenantId,
        conversation: ConversationId,
        route: Mapping[str, str],
        language: str,
    ) -> None:
        said = msgspec.json.encode(dict(route)).decode()
        async with self._database.as_tenant(tenant) as connection:
            await connection.execute(_SQL.note, conversation, language, said)

    async def reach(
        self, tenant: TenantId, channel: Channel, address: str, *, reachable: bool
    ) -> None:
        async with self._database.as_tenant(tenant) as connection:
            await connection.execute(_SQL.reach, tenant, channel.value, address, reachable)

    async def move(self, tenant: TenantId, channel: Channel, before: str, after: str) -> None:
        async with self._database.as_tenant(tenant) as connection:
            await connection.execute(_SQL.move, tenant, channel.value, before, after)


def _place(row: Mapping[str, Any]) -> Place:
    return Place(
        conversation=ConversationId(row["id"]),
        tenant=TenantId(row["tenant"]),
        channel=Channel(row["channel"]),
        address=row["address"],
        customer=CustomerId(row["customer"]),
        language=row["language"],
        reachable=row["reachable"],
        route=_route.decode(row["route"]),
    )
