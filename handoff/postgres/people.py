"""Accounts and sessions in Postgres; what is changed is noted in the same transaction."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg

from core.domain.ids import AgentId, TenantId
from core.ports import Clock
from core.postgres.database import Connection, Database
from core.postgres.queries import beside
from handoff.people.account import Account, Actor, Link, NewAccount, Session, Vouched, digest
from handoff.people.audit import Act
from handoff.people.errors import (
    AccountDisabled,
    AccountNotFound,
    AccountRefused,
    AddressTaken,
)
from handoff.people.ports import People
from handoff.people.roles import Role
from handoff.postgres.audit import Notary

_SQL = beside(__file__)
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,189}")


class PostgresPeople(People):
    """One row per account, session and link; secrets by their digest."""

    def __init__(self, database: Database, clock: Clock, notary: Notary) -> None:
        self._database = database
        self._clock = clock
        self._notary = notary

    async def add(self, actor: Actor, new: NewAccount, link: Link) -> Account:
        address, shown = new.email.strip().lower(), " ".join(new.name.split())
        if not _EMAIL.fullmatch(address) or not shown:
            raise AccountRefused("an account has an e-mail address and a name")
        fresh = self._clock.new_id()
        async with self._changing(actor.tenant) as connection:
            row = await connection.fetchrow(
                _SQL.add, fresh, actor.tenant, address, shown, new.role.value
            )
            if row is None:
                raise AccountRefused("somebody has this e-mail address already")
            await self._link(connection, actor.tenant, fresh, link)
            await self._note(connection, actor, "person.add", fresh, role=new.role.value)
        return _account(row)

    async def invite(self, actor: Actor, person: AgentId, link: Link) -> Account:
        async with self._changing(actor.tenant) as connection:
            row = await connection.fetchrow(_SQL.one, actor.tenant, person)
            if row is None:
                raise AccountNotFound
            if row["issuer"] is not None:
                raise AccountRefused("this account has no password: an issuer vouches for it")
            await self._link(connection, actor.tenant, person, link)
            await self._note(connection, actor, "person.invite", person)
        return _account(row)

    async def change(
        self, actor: Actor, person: AgentId, *, role: Role | None, disabled: bool | None
    ) -> Account:
        wanted = role.value if role else None
        async with self._changing(actor.tenant) as connection:
            row = await connection.fetchrow(_SQL.change, actor.tenant, person, wanted, disabled)
            if row is None:
                raise AccountNotFound
            if not await connection.fetchval(_SQL.admins, actor.tenant):
                raise AccountRefused("somebody must be left who can add people")
            if disabled:
                await connection.execute(_SQL.end_all, person)
                await connection.execute(_SQL.forget_links, person)
            await self._note(
                connection, actor, "person.change", person, role=wanted, disabled=disabled
            )
        return _account(row)

    async def everyone(self, tenant: TenantId) -> Sequence[Account]:
        async with self._database.as_tenant(tenant) as connection:
            return [_account(row) for row in await connection.fetch(_SQL.everyone, tenant)]

    async def by_email(self, tenant: TenantId, email: str) -> tuple[Account, str | None] | None:
        async with self._database.as_tenant(tenant) as connection:
            row = await connection.fetchrow(_SQL.by_email, tenant, email)
        return None if row is None else (_account(row), row["password"])

    async def vouched(self, tenant: TenantId, by: Vouched, new: NewAccount) -> Account:
        address, role = new.email.strip().lower(), new.role.value
        shown = " ".join(new.name.split()) or address
        actor = Actor(tenant=tenant, name=f"issuer:{by.issuer}", may=frozenset())
        fresh = self._clock.new_id()
        async with self._changing(tenant) as connection:
            try:
                row = await connection.fetchrow(
                    _SQL.vouched, fresh, tenant, by.issuer, by.subject, address, shown, role
                )
            except (asyncpg.UniqueViolationError, asyncpg.CheckViolationError) as taken:
                raise AddressTaken from taken
            if row["disabled_at"] is not None:
                raise AccountDisabled
            if row["role_before"] != row["role"]:
                act = "person.add" if row["role_before"] is None else "person.change"
                await self._note(connection, actor, act, row["id"], role=role)
        return _account(row)

    async def hand_over(self, tenant: TenantId, by: Vouched, email: str) -> bool:
        actor = Actor(tenant=tenant, name=f"issuer:{by.issuer}", may=frozenset())
        async with self._changing(tenant) as connection:
            given = await connection.fetchval(
                _SQL.hand_over, tenant, by.issuer, by.subject, email.strip().lower()
            )
            if given is not None:
                await self._note(connection, actor, "person.hand_over", given)
        return given is not None

    async def redeem(self, tenant: TenantId, invitation: str, password: str) -> Account:
        async with self._changing(tenant) as connection:
            row = await connection.fetchrow(_SQL.redeem, digest(invitation), tenant, password)
            if row is None:
                raise AccountNotFound
            actor = Actor(tenant=tenant, name=f"person:{row['id']}", may=frozenset())
            await self._note(connection, actor, "person.password", row["id"])
        return _account(row)

    async def keep_password(self, person: Account, password: str) -> None:
        async with self._database.as_tenant(person.tenant) as connection:
            await connection.execute(_SQL.keep_password, person.tenant, person.id, password)

    async def begin(self, account: Account, secret: str, browser: str) -> Session:
        actor = Actor(tenant=account.tenant, name=f"person:{account.id}", may=frozenset())
        fresh = self._clock.new_id()
        async with self._changing(account.tenant) as connection:
            row = await connection.fetchrow(
                _SQL.begin, fresh, account.tenant, digest(secret), account.id, browser
            )
            await self._note(connection, actor, "session.begin", account.id)
        return _session(row, account)

    async def session(
        self, tenant: TenantId, secret: str, idle: timedelta, longest: timedelta
    ) -> Session | None:
        async with self._database.as_tenant(tenant) as connection:
            row = await connection.fetchrow(_SQL.session, tenant, digest(secret), idle, longest)
        return None if row is None else _session(row, _account(row), "session")

    async def sessions(self, account: Account) -> Sequence[Session]:
        async with self._database.as_tenant(account.tenant) as connection:
            rows = await connection.fetch(_SQL.sessions, account.tenant, account.id)
        return [_session(row, account) for row in rows]

    async def end(self, account: Account, session: UUID) -> bool:
        async with self._database.as_tenant(account.tenant) as connection:
            found = await connection.fetchval(_SQL.end, account.tenant, account.id, session)
        return found is not None

    @asynccontextmanager
    async def _changing(self, tenant: TenantId) -> AsyncIterator[Connection]:
        async with self._database.as_tenant(tenant) as connection, connection.transaction():
            yield connection

    async def _link(
        self, connection: Connection, tenant: TenantId, person: UUID, link: Link
    ) -> None:
        await connection.execute(_SQL.forget_links, person)
        await connection.execute(_SQL.link, digest(link.secret), tenant, person, link.good)

    async def _note(
        self,
        connection: Connection,
        actor: Actor,
        act: str,
        person: UUID,
        **detail: str | bool | None,
    ) -> None:
        noted = Act(act=act, object=f"person:{person}", detail=detail)
        await self._notary.note(connection, actor, noted)


def _account(row: Any) -> Account:
    return Account(
        id=AgentId(row["id"]),
        tenant=TenantId(row["tenant"]),
        email=row["email"],
        name=row["name"],
        role=Role(row["role"]),
        disabled=row["disabled_at"] is not None,
        has_password=row["password"] is not None,
        issuer=row["issuer"] or "",
    )


def _session(row: Any, account: Account, key: str = "id") -> Session:
    return Session(
        id=row[key],
        account=account,
        made_at=row["made_at"],
        seen_at=row["seen_at"],
        browser=row["browser"],
    )
