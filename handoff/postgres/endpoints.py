"""Where handoffs are told, in Postgres; the secrets lie there encrypted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from core.domain.errors import SetupError, TenantNotFound
from core.domain.ids import TenantId
from core.ports import Clock
from core.postgres.database import Database
from core.postgres.queries import beside
from core.sealing import Seal
from handoff.events.endpoint import Endpoint, checked
from handoff.people.account import Actor
from handoff.people.audit import Act
from handoff.postgres.audit import Notary

_SQL = beside(__file__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """An endpoint, and how it gets on."""

    endpoint: Endpoint
    waiting: int
    """Events that it was not told."""
    parked: int
    """Those of them that were tried too often."""
    told_at: datetime | None
    trouble: str


class PostgresEndpoints:
    """One row per endpoint, read anew whenever it is wanted."""

    def __init__(self, database: Database, clock: Clock, *, seal: Seal, notary: Notary) -> None:
        self._database = database
        self._clock = clock
        self._seal = seal
        self._notary = notary

    async def keep(
        self, actor: Actor, name: str, url: str, secret: str, *, private: bool
    ) -> Endpoint:
        """Add an endpoint, or put another address and secret in its place.

        Raises:
            SetupError: no such name or address can be, or there is no key for the secret.
            TenantNotFound: no such tenant.
        """
        tenant = actor.tenant
        address = checked(url, private=private)
        sealed = self._seal.close(secret.encode(), _owner(tenant, name))
        act = Act(act="endpoint.keep", object=f"endpoint:{name}", detail={"private": private})
        try:
            async with self._database.as_tenant(tenant) as connection, connection.transaction():
                fresh = self._clock.new_id()
                found = await connection.fetchval(
                    _SQL.keep, fresh, tenant, name, address, private, sealed
                )
                await self._notary.note(connection, actor, act)
        except asyncpg.ForeignKeyViolationError as unknown:
            raise TenantNotFound from unknown
        except asyncpg.CheckViolationError as refused:
            raise SetupError(
                "an endpoint's name is 1 to 63 lower-case letters, digits and hyphens, and neither"
                " begins nor ends with a hyphen"
            ) from refused
        return Endpoint(
            id=found, tenant=tenant, name=name, url=address, private=private, secret=secret
        )

    async def everyone(self, tenant: TenantId) -> Sequence[Progress]:
        """All of a tenant, by name."""
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.everyone, tenant)
        return [
            Progress(
                endpoint=self._endpoint(row),
                waiting=row["waiting"],
                parked=row["parked"],
                told_at=row["told_at"],
                trouble=row["trouble"],
            )
            for row in rows
        ]

    async def one(self, endpoint: UUID) -> Endpoint | None:
        """The endpoint of an id, whosever it is; None when it was removed."""
        async with self._database.as_service() as connection:
            row = await connection.fetchrow(_SQL.one, endpoint)
        return None if row is None else self._endpoint(row)

    async def remove(self, actor: Actor, name: str) -> None:
        """Forget it, its secret, and what waits for it.

        Raises:
            SetupError: there is none of this name.
        """
        act = Act(act="endpoint.remove", object=f"endpoint:{name}", detail={})
        async with self._database.as_tenant(actor.tenant) as connection, connection.transaction():
            if await connection.fetchval(_SQL.remove, actor.tenant, name) is None:
                raise SetupError(f"there is no endpoint {name}")
            await self._notary.note(connection, actor, act)

    async def replay(self, actor: Actor, name: str) -> int:
        """Try at once what waits for it, also what was given up; how many events that is.

        Raises:
            SetupError: there is none of this name.
        """
        async with self._database.as_tenant(actor.tenant) as connection, connection.transaction():
            again: int | None = await connection.fetchval(_SQL.replay, actor.tenant, name)
            if again is None:
                raise SetupError(f"there is no endpoint {name}")
            act = Act(act="endpoint.replay", object=f"endpoint:{name}", detail={"events": again})
            await self._notary.note(connection, actor, act)
        return again

    def _endpoint(self, row: Any) -> Endpoint:
        tenant, name = TenantId(row["tenant"]), row["name"]
        return Endpoint(
            id=row["id"],
            tenant=tenant,
            name=name,
            url=row["url"],
            private=row["private"],
            secret=self._seal.open(row["sealed"], _owner(tenant, name)).decode(),
        )


def _owner(tenant: TenantId, name: str) -> str:
    return f"endpoint/{tenant}/{name}"
