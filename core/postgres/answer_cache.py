"""The answer cache in Postgres: one for all workers, gone with the conversations it came from."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from core.answers.ports import AnswerCache, Asked, Conditions, Kept
from core.answers.words import normal
from core.domain.answers import Draft
from core.domain.ids import ConversationId, TenantId, TurnId
from core.ports import Clock
from core.postgres.database import Connection, Database
from core.postgres.queries import beside, counted
from core.wire.turns import decode_sources, encode_sources

_SQL = beside(__file__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is kept, and for how long."""

    entries: int
    """Of each tenant; the one not used for longest goes."""
    keeps: timedelta


class PostgresAnswerCache(AnswerCache):
    """Entries lie under a digest of their conditions, so that a change of those empties it."""

    def __init__(self, database: Database, clock: Clock, limits: Limits, made_by: str) -> None:
        """`made_by` is the version of the embedder whose vectors are kept and compared."""
        self._database = database
        self._clock = clock
        self._limits = limits
        self._made_by = made_by

    async def same(self, asked: Asked) -> Kept | None:
        tenant, under = asked.conditions.tenant, _digest(asked.conditions)
        async with self._database.as_tenant(tenant) as connection:
            row = await connection.fetchrow(
                _SQL.same, tenant, under, normal(asked.question), self._clock.now()
            )
        return None if row is None else _kept(row)

    async def alike(self, asked: Asked, at_least: float, most: int) -> Sequence[Kept]:
        if asked.vector is None or not asked.vector.any():
            return ()
        tenant = asked.conditions.tenant
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(
                _SQL.alike,
                tenant,
                _digest(asked.conditions),
                self._made_by,
                asked.vector.tolist(),
                self._clock.now(),
                at_least,
                most,
            )
        return [_kept(row) for row in rows]

    async def used(self, asked: Asked, entry: UUID) -> None:
        async with self._database.as_tenant(asked.conditions.tenant) as connection:
            await self._note(connection, asked, entry)

    async def keep(self, asked: Asked, draft: Draft) -> None:
        conditions, now = asked.conditions, self._clock.now()
        known = asked.vector is not None and asked.vector.any()
        values = (
            conditions.tenant,
            self._clock.new_id(),
            _digest(conditions),
            conditions.knowledge,
            asked.question,
            normal(asked.question),
            self._made_by,
            asked.vector.tolist() if asked.vector is not None and known else None,
            draft.text,
            encode_sources(draft.sources),
            draft.written_by,
            draft.prompt_version,
            draft.variant,
            asked.conversation,
            now,
            now + self._limits.keeps,
        )
        async with self._database.as_tenant(conditions.tenant) as connection:
            entry = await connection.fetchval(_SQL.keep, *values)
            if entry is not None:
                await self._note(connection, asked, entry)
                await connection.execute(
                    _SQL.clear, conditions.tenant, now, conditions.knowledge, self._limits.entries
                )

    async def forget(self, tenant: TenantId, turn: TurnId) -> int:
        async with self._database.as_tenant(tenant) as connection:
            return counted(await connection.execute(_SQL.forget, tenant, turn))

    async def erase(self, tenant: TenantId, conversation: ConversationId) -> int:
        async with self._database.as_tenant(tenant) as connection:
            return counted(await connection.execute(_SQL.erase, tenant, conversation))

    async def _note(self, connection: Connection, asked: Asked, entry: UUID) -> None:
        tenant, now = asked.conditions.tenant, self._clock.now()
        await connection.execute(_SQL.used, tenant, entry, asked.conversation, asked.seq, now)


def _digest(conditions: Conditions) -> str:
    parts = (str(conditions.knowledge), conditions.edition, conditions.language)
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()


def _kept(row: Any) -> Kept:
    draft = Draft(
        text=row["answer"],
        sources=decode_sources(row["sources"]),
        written_by=row["written_by"],
        prompt_version=row["prompt_version"],
        path="cached",
        variant=row["variant"],
    )
    return Kept(id=row["id"], question=row["question"], cosine=row["cosine"], draft=draft)
