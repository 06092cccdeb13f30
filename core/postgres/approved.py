"""Approved answers in Postgres."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg
import numpy as np

from core.answers.ports import Approvals, Pair, Shelved, Vector, Wording
from core.answers.words import normal
from core.domain.errors import TenantNotFound
from core.domain.ids import TenantId
from core.postgres.database import Connection, Database
from core.postgres.queries import beside, counted

_SQL = beside(__file__)


class PostgresApprovals(Approvals):
    """Every change of a tenant's pairs is one transaction that raises the tenant's version."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, tenant: TenantId, pairs: Sequence[Pair]) -> None:
        # of two pairs that bring the same wording the last one has it
        owner = {
            (pair.language, normal(question)): (pair.id, place, question)
            for pair in pairs
            for place, question in enumerate(pair.questions)
        }
        try:
            async with self._database.as_tenant(tenant) as connection, connection.transaction():
                await self._begin(connection, tenant, [pair.id for pair in pairs])
                languages, normals = zip(*owner, strict=True) if owner else ((), ())
                await connection.execute(_SQL.take_over, tenant, languages, normals)
                await connection.executemany(
                    _SQL.put_answer, [_answer_row(tenant, pair) for pair in pairs]
                )
                await connection.executemany(
                    _SQL.put_question,
                    [(tenant, *key, *wording) for key, wording in owner.items()],
                )
                await connection.execute(_SQL.drop_empty, tenant)
        except asyncpg.ForeignKeyViolationError as unknown:
            raise TenantNotFound from unknown

    async def remove(self, tenant: TenantId, ids: Sequence[UUID]) -> int:
        async with self._database.as_tenant(tenant) as connection, connection.transaction():
            return await self._begin(connection, tenant, ids)

    async def switch(self, tenant: TenantId, wanted: Mapping[UUID, bool]) -> int:
        async with self._database.as_tenant(tenant) as connection, connection.transaction():
            await connection.execute(_SQL.lock, tenant)
            return counted(
                await connection.execute(_SQL.switch, tenant, [*wanted], [*wanted.values()])
            )

    async def everything(self, tenant: TenantId) -> Sequence[Pair]:
        async with self._database.as_tenant(tenant) as connection:
            return [_pair(row) for row in await connection.fetch(_SQL.everything, tenant)]

    async def version(self, tenant: TenantId) -> int:
        async with self._database.as_tenant(tenant) as connection:
            return await connection.fetchval(_SQL.version, tenant) or 0

    async def shelf(self, tenant: TenantId, made_by: str) -> tuple[int, Sequence[Shelved]]:
        # one snapshot, so that the version is that of the pairs
        async with (
            self._database.as_tenant(tenant) as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            version = await connection.fetchval(_SQL.version, tenant) or 0
            rows = await connection.fetch(_SQL.shelf, tenant, made_by)
        return version, [Shelved(_pair(row), _wordings(row)) for row in rows]

    async def keep_vectors(
        self, tenant: TenantId, made_by: str, questions: Sequence[str], vectors: Vector
    ) -> None:
        packed = [vector.astype("<f4").tobytes() for vector in vectors]
        async with self._database.as_tenant(tenant) as connection, connection.transaction():
            await connection.execute(_SQL.wait, tenant)
            await connection.execute(_SQL.keep_vectors, tenant, made_by, questions, packed)

    async def _begin(self, connection: Connection, tenant: TenantId, ids: Sequence[UUID]) -> int:
        """Raise the version, and drop the pairs that are named."""
        await connection.execute(_SQL.lock, tenant)
        return counted(await connection.execute(_SQL.drop, tenant, ids))


def _answer_row(tenant: TenantId, pair: Pair) -> tuple[object, ...]:
    return (
        tenant,
        pair.id,
        pair.answer,
        pair.language,
        pair.approved_by,
        pair.approved_at,
        pair.expires_at,
        pair.enabled,
    )


def _pair(row: Any) -> Pair:
    return Pair(
        id=row["id"],
        questions=tuple(row["questions"]),
        answer=row["answer"],
        language=row["language"],
        approved_by=row["approved_by"],
        approved_at=row["approved_at"],
        expires_at=row["expires_at"],
        enabled=row["enabled"],
    )


def _wordings(row: Any) -> tuple[Wording, ...]:
    return tuple(
        Wording(question, None if vector is None else np.frombuffer(vector, "<f4"))
        for question, vector in zip(row["questions"], row["vectors"], strict=True)
    )
