"""Tokens of programs in Postgres, by their digest."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from core.domain.ids import TenantId
from core.ports import Clock
from core.postgres.database import Database
from core.postgres.queries import beside
from handoff.people.account import Actor, Token, digest
from handoff.people.audit import Act
from handoff.people.errors import AccountNotFound, AccountRefused
from handoff.people.ports import Tokens
from handoff.people.roles import SCOPES, Permission
from handoff.postgres.audit import Notary

_SQL = beside(__file__)


class PostgresTokens(Tokens):
    """One row per token."""

    def __init__(self, database: Database, clock: Clock, notary: Notary) -> None:
        self._database = database
        self._clock = clock
        self._notary = notary

    async def make(
        self,
        actor: Actor,
        name: str,
        scopes: frozenset[Permission],
        secret: str,
        expires_at: datetime | None,
    ) -> Token:
        if not scopes or not name.strip():
            raise AccountRefused("a token has a name and at least one scope")
        if not scopes <= SCOPES & actor.may:
            raise AccountRefused("nobody can give a token more than they may do themselves")
        fresh, named = self._clock.new_id(), sorted(scopes)
        async with (
            self._database.as_tenant(actor.tenant) as connection,
            connection.transaction(),
        ):
            row = await connection.fetchrow(
                _SQL.make_token,
                fresh,
                actor.tenant,
                digest(secret),
                " ".join(name.split()),
                named,
                actor.name,
                expires_at,
            )
            act = Act(
                act="token.make", object=f"token:{fresh}", detail={"scopes": " ".join(named)}
            )
            await self._notary.note(connection, actor, act)
        return _token(row)

    async def token(self, tenant: TenantId, secret: str) -> Token | None:
        async with self._database.as_tenant(tenant) as connection:
            row = await connection.fetchrow(_SQL.token, tenant, digest(secret))
        return None if row is None else _token(row)

    async def tokens(self, tenant: TenantId) -> Sequence[Token]:
        async with self._database.as_tenant(tenant) as connection:
            return [_token(row) for row in await connection.fetch(_SQL.tokens, tenant)]

    async def revoke(self, actor: Actor, token: UUID) -> None:
        async with (
            self._database.as_tenant(actor.tenant) as connection,
            connection.transaction(),
        ):
            if await connection.fetchval(_SQL.revoke, actor.tenant, token) is None:
                raise AccountNotFound
            act = Act(act="token.revoke", object=f"token:{token}", detail={})
            await self._notary.note(connection, actor, act)


def _token(row: Any) -> Token:
    return Token(
        id=row["id"],
        tenant=TenantId(row["tenant"]),
        name=row["name"],
        scopes=frozenset(map(Permission, row["scopes"])),
        made_at=row["made_at"],
        expires_at=row["expires_at"],
        used_at=row["used_at"],
    )
