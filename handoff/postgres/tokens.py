"""Tokens of programs in Postgres, by their digest."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from core.domain.ids import AgentId, TenantId
from core.ports import Clock
from core.postgres.database import Database
from core.postgres.queries import beside
from handoff.people.account import Account, Actor, NewToken, Token, digest
from handoff.people.audit import Act
from handoff.people.errors import AccountNotFound, AccountRefused
from handoff.people.ports import Tokens
from handoff.people.roles import SCOPES, Permission, Role
from handoff.postgres.audit import Notary

_SQL = beside(__file__)


class PostgresTokens(Tokens):
    """One row per token."""

    def __init__(
        self, database: Database, clock: Clock, notary: Notary, present_s: float = 1800
    ) -> None:
        """Join its parts; whom a token acts as is taken to be there for `present_s` after."""
        self._database = database
        self._clock = clock
        self._notary = notary
        self._present = timedelta(seconds=present_s)

    async def make(self, actor: Actor, new: NewToken, secret: str) -> Token:
        if not new.scopes or not new.name.strip():
            raise AccountRefused("a token has a name and at least one scope")
        if not new.scopes <= SCOPES & actor.may:
            raise AccountRefused("nobody can give a token more than they may do themselves")
        fresh, named = self._clock.new_id(), sorted(new.scopes)
        async with (
            self._database.as_tenant(actor.tenant) as connection,
            connection.transaction(),
        ):
            row = await connection.fetchrow(
                _SQL.make_token,
                fresh,
                actor.tenant,
                digest(secret),
                " ".join(new.name.split()),
                named,
                actor.name,
                new.expires_at,
                new.agent,
            )
            if row is None:
                raise AccountNotFound
            agent = None if new.agent is None else str(new.agent)
            detail = {"scopes": " ".join(named), "agent": agent}
            act = Act(act="token.make", object=f"token:{fresh}", detail=detail)
            await self._notary.note(connection, actor, act)
        return _token(row)

    async def token(self, tenant: TenantId, secret: str) -> Token | None:
        until = self._clock.now() + self._present
        async with self._database.as_tenant(tenant) as connection:
            row = await connection.fetchrow(_SQL.token, tenant, digest(secret), until)
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
        agent=None if row["agent"] is None else _agent(row),
    )


def _agent(row: Any) -> Account:
    return Account(
        id=AgentId(row["agent"]),
        tenant=TenantId(row["tenant"]),
        email=row["agent_email"],
        name=row["agent_name"],
        role=Role(row["agent_role"]),
    )
