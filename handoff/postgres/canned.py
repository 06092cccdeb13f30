"""Canned replies in Postgres: the team's, and everybody's own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from core.ports import Clock
from core.postgres.database import Connection, Database
from core.postgres.queries import beside
from handoff.console.canned_views import CannedView
from handoff.console.errors import CannedRefused
from handoff.people.account import Actor
from handoff.people.audit import Act
from handoff.postgres.audit import Notary

_SQL = beside(__file__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What a canned reply is to be."""

    shortcut: str
    title: str
    texts: Mapping[str, str]
    personal: bool


class PostgresCanned:
    """Everybody sees the team's and their own, and nobody else's."""

    def __init__(self, database: Database, clock: Clock, notary: Notary) -> None:
        self._database = database
        self._clock = clock
        self._notary = notary

    async def list_(self, actor: Actor) -> list[CannedView]:
        """By shortcut."""
        async with self._database.as_tenant(actor.tenant) as connection:
            rows = await connection.fetch(_SQL.list, actor.tenant, _own(actor))
        return [_canned(row) for row in rows]

    async def add(self, actor: Actor, wording: Wording) -> CannedView:
        """A new one.

        Raises:
            CannedRefused: the shortcut is taken.
        """
        fresh = self._clock.new_id()
        owner = _own(actor) if wording.personal else None
        return await self._write(
            actor, "canned.add", fresh, _SQL.add, actor.tenant, fresh, owner, *_columns(wording)
        )

    async def change(self, actor: Actor, canned: UUID, wording: Wording) -> CannedView | None:
        """Another wording; None where it is none of theirs.

        Raises:
            CannedRefused: the shortcut is taken.
        """
        owner = _own(actor) if wording.personal else None
        async with self._database.as_tenant(actor.tenant) as connection:
            there = await connection.fetchrow(_SQL.one, actor.tenant, _own(actor), canned)
        if there is None:
            return None
        values = (actor.tenant, canned, _own(actor), owner, *_columns(wording))
        return await self._write(actor, "canned.change", canned, _SQL.change, *values)

    async def remove(self, actor: Actor, canned: UUID) -> bool:
        """Whether there was one of theirs."""
        async with (
            self._database.as_tenant(actor.tenant) as connection,
            connection.transaction(),
        ):
            gone = await connection.fetchval(_SQL.remove, actor.tenant, canned, _own(actor))
            if gone is not None:
                await self._note(connection, actor, "canned.remove", canned)
        return gone is not None

    async def use(self, actor: Actor, canned: UUID) -> Mapping[str, str] | None:
        """Its wordings, counted as one more use; None where it is none of theirs."""
        async with self._database.as_tenant(actor.tenant) as connection:
            texts = await connection.fetchval(
                _SQL.use, actor.tenant, canned, _own(actor), self._clock.now()
            )
        return None if texts is None else json.loads(texts)

    async def _write(
        self, actor: Actor, act: str, canned: UUID, statement: str, *values: object
    ) -> CannedView:
        try:
            async with (
                self._database.as_tenant(actor.tenant) as connection,
                connection.transaction(),
            ):
                row = await connection.fetchrow(statement, *values)
                if row is None:
                    raise CannedRefused
                await self._note(connection, actor, act, canned)
        except asyncpg.UniqueViolationError:
            raise CannedRefused from None
        return _canned(row)

    async def _note(self, connection: Connection, actor: Actor, act: str, canned: UUID) -> None:
        done = Act(act=act, object=f"canned:{canned}", detail={})
        await self._notary.note(connection, actor, done)


def _own(actor: Actor) -> UUID | None:
    return actor.account.id if actor.account else None


def _columns(wording: Wording) -> tuple[str, str, str]:
    return wording.shortcut, wording.title, json.dumps(dict(wording.texts))


def _canned(row: Any) -> CannedView:
    return CannedView(
        id=row["id"],
        shortcut=row["shortcut"],
        title=row["title"],
        texts=json.loads(row["texts"]),
        scope="team" if row["owner"] is None else "personal",
        uses=row["uses"],
        used_at=row["used_at"],
    )
