"""Connectors in Postgres; their secrets lie there encrypted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from core.domain.errors import SetupError, TenantNotFound
from core.domain.ids import TenantId
from core.ports import Clock
from core.postgres.database import Database
from core.postgres.queries import beside
from core.sealing import Seal
from handoff.connectors.kinds import Configured
from handoff.connectors.mapping import parse
from handoff.connectors.parts import Secrets
from handoff.people.account import Actor
from handoff.people.audit import Act
from handoff.postgres.audit import Notary

_SQL = beside(__file__)
_secrets = msgspec.json.Decoder(dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How a connector gets on."""

    tickets: int
    waiting: int
    """Tickets of which it was not told everything yet."""
    trouble: str


class PostgresConnectors:
    """One row per connector, read anew whenever it is wanted."""

    def __init__(self, database: Database, clock: Clock, *, seal: Seal, notary: Notary) -> None:
        self._database = database
        self._clock = clock
        self._seal = seal
        self._notary = notary

    async def keep(self, actor: Actor, name: str, source: str, secrets: Secrets) -> Configured:
        """Add a connector, or put another file and secrets in its place.

        Raises:
            SettingsInvalid: the file has mistakes; all of them are named.
            SetupError: no such name can be, or there is no key for the secrets.
            TenantNotFound: no such tenant.
        """
        mapped, tenant = parse(source, f"{name}.toml"), actor.tenant
        words = msgspec.json.encode({"token": secrets.token, "hook": secrets.hook})
        sealed = self._seal.close(words, _owner(tenant, name))
        act = Act(act="connector.keep", object=f"connector:{name}", detail={"kind": mapped.kind})
        try:
            async with self._database.as_tenant(tenant) as connection, connection.transaction():
                found = await connection.fetchval(
                    _SQL.keep,
                    self._clock.new_id(),
                    tenant,
                    name,
                    source,
                    mapped.categories,
                    sealed,
                )
                await self._notary.note(connection, actor, act)
        except asyncpg.ForeignKeyViolationError as unknown:
            raise TenantNotFound from unknown
        except asyncpg.CheckViolationError as refused:
            raise SetupError(
                "a connector's name is 1 to 63 lower-case letters, digits and hyphens, and neither"
                " begins nor ends with a hyphen"
            ) from refused
        return Configured(id=found, tenant=tenant, name=name, mapped=mapped, secrets=secrets)

    async def everyone(self, tenant: TenantId) -> Sequence[Configured]:
        """All of a tenant."""
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.everyone, tenant)
        return [self._configured(row) for row in rows]

    async def one(self, connector: UUID) -> Configured | None:
        """The connector of an id, whosever it is."""
        async with self._database.as_service() as connection:
            row = await connection.fetchrow(_SQL.one, connector)
        return None if row is None else self._configured(row)

    async def remove(self, actor: Actor, name: str) -> None:
        """Forget it and its secrets; what it was told stays there.

        Raises:
            SetupError: there is none of this name.
        """
        act = Act(act="connector.remove", object=f"connector:{name}", detail={})
        async with self._database.as_tenant(actor.tenant) as connection, connection.transaction():
            if await connection.fetchval(_SQL.remove, actor.tenant, name) is None:
                raise SetupError(f"there is no connector {name}")
            await self._notary.note(connection, actor, act)

    async def rest(self, connector: UUID, until: datetime) -> None:
        """Leave its tracker alone until then, in all processes."""
        async with self._database.as_service() as connection:
            await connection.execute(_SQL.rest, connector, until)

    async def progress(self, configured: Configured) -> Progress:
        """How it gets on."""
        async with self._database.as_tenant(configured.tenant) as connection:
            row = await connection.fetchrow(_SQL.state, configured.id)
        return Progress(tickets=row["tickets"], waiting=row["waiting"], trouble=row["trouble"])

    def _configured(self, row: Any) -> Configured:
        tenant, name = TenantId(row["tenant"]), row["name"]
        secrets = _secrets.decode(self._seal.open(row["sealed"], _owner(tenant, name)))
        return Configured(
            id=row["id"],
            tenant=tenant,
            name=name,
            mapped=parse(row["source"], f"{name}.toml"),
            secrets=Secrets(token=secrets["token"], hook=secrets["hook"]),
        )


def _owner(tenant: TenantId, name: str) -> str:
    return f"connector/{tenant}/{name}"
