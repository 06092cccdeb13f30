"""One statement that searches a tenant's passages by words and by meaning."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.domain.ids import DocumentId, PassageId, TenantId
from core.postgres.database import Database
from core.postgres.queries import beside
from knowledge.fuse import Weights
from knowledge.ports import Vectors

CANDIDATES = 100
"""Chunks that each of the two legs brings before they are fused."""

_SQL = beside(__file__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a search must know of the tenant beforehand."""

    version: int
    chunks: int
    languages: tuple[str, ...]
    indexed: bool
    calibration: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question as search needs it; without earlier ones, `whole` equals `last`."""

    terms: Sequence[str]
    last_counts: Sequence[float]
    whole_counts: Sequence[float]
    last: Vectors | None
    """None where the embedder does not know the language; then `whole` is None too."""
    whole: Vectors | None
    share_of_last: float
    without: Sequence[PassageId] = ()
    """Passages to search as if they were not there; for calibration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage as the statement returns it."""

    id: PassageId
    document: DocumentId
    title: str
    uri: str
    heading: tuple[str, ...]
    page: int | None
    text: str
    pair: bool
    sentences: tuple[str, ...]
    similarities: tuple[float, ...]
    matched: frozenset[str]
    """Which of the question's terms it has."""
    cosine_last: float | None
    cosine_whole: float | None
    bm25_last: float
    bm25_whole: float
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Hits, best first, and what they are to be judged by."""

    version: int
    hits: tuple[Hit, ...]
    best_last: float
    best_whole: float
    """The best BM25 of all chunks."""
    rarity: Mapping[str, float]
    """Inverse document frequency of each term of the question."""


class PostgresSearch:
    """Searches chunks where `PostgresChunkStore` puts them."""

    def __init__(self, database: Database, weights: Weights) -> None:
        self._database = database
        self._weights = weights

    async def profile(self, tenant: TenantId) -> Profile | None:
        """None for a tenant that never had a document."""
        async with self._database.as_tenant(tenant) as connection:
            row = await connection.fetchrow(_SQL.profile, tenant)
        if row is None:
            return None
        return Profile(
            version=row["version"],
            chunks=row["chunks"],
            languages=tuple(row["languages"]),
            indexed=row["indexed"],
            calibration=json.loads(row["calibration"]) if row["calibration"] else None,
        )

    async def find(self, tenant: TenantId, query: Query, limit: int) -> Answered | None:
        """The best passages, in one round trip; None for a tenant that never had a document."""
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.exact, *self._arguments(tenant, query, limit))
        if not rows:
            return None
        first = rows[0]
        return Answered(
            version=first["version"],
            hits=tuple(_hit(row) for row in rows if row["id"] is not None),
            best_last=first["best_last"] or 0.0,
            best_whole=first["best_whole"] or 0.0,
            rarity=dict(zip(first["terms"] or (), first["idfs"] or (), strict=True)),
        )

    def _arguments(self, tenant: TenantId, query: Query, limit: int) -> tuple[Any, ...]:
        weights, share = self._weights, query.share_of_last
        mixed = last = whole = None
        if query.last is not None and query.whole is not None:
            # both legs are dot products, so one pass with the mixed vector orders by their mix
            mixed = (share * query.last + (1 - share) * query.whole).tolist()
            last, whole = query.last.tolist(), query.whole.tolist()
        return (
            tenant,
            mixed,
            query.terms,
            query.last_counts,
            query.whole_counts,
            query.without,
            last,
            whole,
            share,
            weights.k1,
            weights.b,
            weights.damping,
            CANDIDATES,
            weights.dense,
            weights.dense_pair,
            limit,
        )


def _hit(row: Mapping[str, Any]) -> Hit:
    return Hit(
        id=PassageId(row["id"]),
        document=DocumentId(row["document"]),
        title=row["title"],
        uri=row["uri"],
        heading=tuple(row["heading"]),
        page=row["page"],
        text=row["text"],
        pair=row["pair"],
        sentences=tuple(row["texts"] or ()),
        similarities=tuple(row["similarities"] or ()),
        matched=frozenset(row["matched"] or ()),
        cosine_last=row["cosine_last"],
        cosine_whole=row["cosine_whole"],
        bm25_last=row["bm25_last"],
        bm25_whole=row["bm25_whole"],
        score=row["score"],
    )
