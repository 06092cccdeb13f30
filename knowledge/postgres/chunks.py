"""Documents, chunks and postings in Postgres: a partition per tenant, one writer at a time."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias
from uuid import UUID, uuid5

import asyncpg
import numpy as np

from core.domain.errors import TenantNotFound
from core.domain.ids import DocumentId, PassageId, TenantId
from core.postgres.database import Connection, Database
from core.postgres.queries import beside
from knowledge.documents import StoredDocument
from knowledge.ports import ChunkStore, Known, Piece, Prepared, Vectors

INDEX_FROM = 10_000
"""Chunks with a vector from which a graph is built; below, an exact pass is as fast."""

_SQL = beside(__file__)
_NAMESPACE = UUID("b8f6f6a2-3f0c-5a51-9a59-6a2b3f5d7c10")
_SEPARATOR = "\x1f"
_Made: TypeAlias = tuple[PassageId, DocumentId, Piece]


def document_id(tenant: TenantId, uri: str) -> DocumentId:
    """The same for every version of a document."""
    return DocumentId(uuid5(_NAMESPACE, f"{tenant}\n{uri}"))


def passage_id(document: DocumentId, digest: str, ordinal: int) -> PassageId:
    """The same for every reading of the same bytes."""
    return PassageId(uuid5(document, f"{digest}\n{ordinal}"))


class PostgresChunkStore(ChunkStore):
    """All writing of one tenant is serialised by its row in `knowledge_versions`."""

    def __init__(self, database: Database, *, index_from: int = INDEX_FROM) -> None:
        self._database = database
        self._index_from = index_from

    async def known(self, tenant: TenantId) -> Mapping[str, Known]:
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.known, tenant)
        return {row["uri"]: Known(row["digest"], row["made_by"]) for row in rows}

    async def documents(self, tenant: TenantId) -> Sequence[StoredDocument]:
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.documents, tenant)
        return tuple(
            StoredDocument(
                id=DocumentId(row["id"]),
                uri=row["uri"],
                title=row["title"],
                language=row["language"],
                digest=row["digest"],
                chunks=row["chunks"],
            )
            for row in rows
        )

    async def put(self, tenant: TenantId, documents: Sequence[Prepared]) -> None:
        ids = [document_id(tenant, made.document.uri) for made in documents]
        async with self._database.as_tenant(tenant) as connection, connection.transaction():
            await self._lock(connection, tenant)
            await connection.fetchval(_SQL.take_out, tenant, ids)
            await connection.execute(
                _SQL.add_documents, tenant, *_document_columns(ids, documents)
            )
            made = [*_made(ids, documents)]
            await connection.execute(_SQL.add_chunks, tenant, *_chunk_columns(made))
            await connection.execute(_SQL.add_sentences, tenant, *_sentence_columns(made))
            postings = _posting_columns(made)
            await connection.execute(_SQL.add_postings, tenant, *postings)
            length = sum(piece.length for _, _, piece in made)
            await connection.execute(_SQL.count_terms, tenant, postings[0], len(made), length)
            await connection.execute(_SQL.forget_terms, tenant)

    async def remove(self, tenant: TenantId, uris: Sequence[str]) -> int:
        ids = [document_id(tenant, uri) for uri in uris]
        async with self._database.as_tenant(tenant) as connection, connection.transaction():
            await self._lock(connection, tenant)
            gone: int = await connection.fetchval(_SQL.take_out, tenant, ids)
            await connection.execute(_SQL.count_terms, tenant, [], 0, 0)
            await connection.execute(_SQL.forget_terms, tenant)
        return gone

    async def optimise(self, tenant: TenantId) -> None:
        connection = await self._database.dedicated()
        try:
            if not await connection.fetchval(_SQL.try_alone, tenant):
                return
            for row in await connection.fetch(_SQL.analyse_statements, tenant):
                await connection.execute(row[0])
            counted = await connection.fetchrow(_SQL.count_chunks, tenant)
            if counted["vectors"] >= self._index_from:
                await _index(connection, counted["partition"])
            await connection.fetchval(_SQL.let_others, tenant)
        finally:
            await connection.close()

    async def _lock(self, connection: Connection, tenant: TenantId) -> None:
        try:
            await connection.fetchval(_SQL.lock, tenant)
        except asyncpg.ForeignKeyViolationError as unknown:
            raise TenantNotFound from unknown


async def _index(connection: Connection, partition: str) -> None:
    for query in (_SQL.broken_index, _SQL.index_statement):
        if statement := await connection.fetchval(query, partition):
            await connection.execute(statement)


def _made(ids: Sequence[DocumentId], documents: Sequence[Prepared]) -> Iterator[_Made]:
    for document, made in zip(ids, documents, strict=True):
        for piece in made.pieces:
            ordinal = piece.chunk.ordinal
            yield passage_id(document, made.document.digest, ordinal), document, piece


def _document_columns(
    ids: Sequence[DocumentId], documents: Sequence[Prepared]
) -> tuple[Sequence[Any], ...]:
    return (
        ids,
        [made.document.uri for made in documents],
        [made.document.title for made in documents],
        [made.language for made in documents],
        [made.document.digest for made in documents],
        [made.made_by for made in documents],
        [len(made.pieces) for made in documents],
    )


def _chunk_columns(made: Sequence[_Made]) -> tuple[Any, ...]:
    places, flat, width = _flat([piece.vector for _, _, piece in made])
    return (
        [passage for passage, _, _ in made],
        [document for _, document, _ in made],
        [piece.chunk.ordinal for _, _, piece in made],
        [_SEPARATOR.join(piece.chunk.heading) for _, _, piece in made],
        [piece.chunk.page for _, _, piece in made],
        [piece.chunk.text for _, _, piece in made],
        [piece.chunk.pair for _, _, piece in made],
        [piece.length for _, _, piece in made],
        places,
        flat,
        width,
    )


def _sentence_columns(made: Sequence[_Made]) -> tuple[Any, ...]:
    rows = [
        (passage, ordinal, text, vector)
        for passage, _, piece in made
        for ordinal, (text, vector) in enumerate(
            zip(piece.chunk.sentences, piece.sentence_vectors, strict=True)
        )
    ]
    chunks, ordinals, texts, vectors = zip(*rows, strict=True) if rows else ((), (), (), ())
    return (chunks, ordinals, texts, *_flat(vectors))


def _posting_columns(made: Sequence[_Made]) -> tuple[Sequence[Any], ...]:
    rows = [
        (term, place, often)
        for place, (_, _, piece) in enumerate(made, start=1)
        for term, often in piece.terms.items()
    ]
    terms, places, counts = zip(*rows, strict=True) if rows else ((), (), ())
    return (
        terms,
        places,
        counts,
        [passage for passage, _, _ in made],
        [piece.length for _, _, piece in made],
    )


def _flat(vectors: Sequence[Vectors | None]) -> tuple[list[int | None], list[float], int]:
    """Places counted from 1, the vectors one after the other, and their width."""
    known = [vector for vector in vectors if vector is not None]
    numbers = iter(range(1, len(known) + 1))
    places = [None if vector is None else next(numbers) for vector in vectors]
    if not known:
        return places, [], 1
    return places, np.concatenate(known).tolist(), len(known[0])
