"""One statement that searches a tenant's passages by words and by meaning."""

from collections.abc import Mapping
from typing import Any

from core.domain.ids import DocumentId, PassageId, TenantId
from core.postgres.database import Database
from core.postgres.queries import beside
from knowledge.fuse import Weights
from knowledge.hits import Answered, Hit, Profile, Query

CANDIDATES = 100
"""Chunks that each of the two legs brings before they are fused."""

_SQL = beside(__file__)


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
            calibrated=row["calibrated"],
            calibration=(row["content"], row["background"]) if row["calibrated"] else None,
        )

    async def find(
        self, tenant: TenantId, query: Query, limit: int, profile: Profile
    ) -> Answered | None:
        """The best passages, in one round trip; None for a tenant that never had a document."""
        arguments = self._arguments(tenant, query, limit)
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.find, *arguments, profile.indexed)
            if profile.indexed and len(rows) < limit:
                # a graph may return too few: look at all rows then
                rows = await connection.fetch(_SQL.find, *arguments, False)
        if not rows:
            return None
        first = rows[0]
        return Answered(
            version=first["version"],
            calibrated=first["calibrated"],
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
