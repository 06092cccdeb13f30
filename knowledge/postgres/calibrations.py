"""Calibrations in Postgres, and what they are learned from."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from core.domain.ids import PassageId, TenantId
from core.postgres.database import Database
from core.postgres.queries import beside
from knowledge.confidence import Background, Calibration, Scale
from knowledge.ports import Vectors

_SQL = beside(__file__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PseudoQuestion:
    """A sentence of a document, to be asked as if it were a question."""

    text: str
    vector: Vectors
    home: tuple[PassageId, ...]
    """All passages of its document."""


class PostgresCalibrations:
    """Reads what is learned from, and keeps what was learned."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def is_fresh(self, tenant: TenantId, made_by: str) -> bool:
        """Whether what is kept was learned from what is stored now."""
        async with self._database.as_tenant(tenant) as connection:
            return bool(await connection.fetchval(_SQL.fresh, tenant, made_by))

    async def questions(self, tenant: TenantId, most: int) -> Sequence[PseudoQuestion]:
        """Sentences from all over the documents; the same ones for the same documents."""
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.questions, tenant, most)
        return [
            PseudoQuestion(
                text=row["text"],
                vector=np.array(row["vector"], np.float32),
                home=tuple(map(PassageId, row["home"])),
            )
            for row in rows
        ]

    async def vectors(self, tenant: TenantId, most: int) -> Vectors:
        """Vectors of some chunks, of shape [chunks, dims]; of shape [0, 0] when there is none."""
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.vectors, tenant, most)
        if not rows:
            return np.empty((0, 0), np.float32)
        return np.array([row["vector"] for row in rows], np.float32)

    async def put(
        self, tenant: TenantId, version: int, made_by: str, calibration: Calibration
    ) -> None:
        """Keep it, unless one of a newer version is kept."""
        content = json.dumps(asdict(calibration.scale))
        background = _packed(calibration.background)
        async with self._database.as_tenant(tenant) as connection:
            await connection.execute(_SQL.put, tenant, version, made_by, content, background)


def read(content: str, background: bytes) -> Calibration:
    """A calibration as it is stored."""
    numbers = np.frombuffer(background, np.float32)
    if not numbers.size:
        return Calibration(scale=Scale(**json.loads(content)))
    width = int(np.sqrt(numbers.size))  # n * n + n numbers
    return Calibration(
        scale=Scale(**json.loads(content)),
        background=Background(
            mean=numbers[:width], covariance=numbers[width:].reshape(width, width)
        ),
    )


def _packed(background: Background | None) -> bytes:
    if background is None:
        return b""
    return np.concatenate([background.mean, background.covariance.ravel()]).tobytes()
