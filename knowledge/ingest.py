"""Documents in: split, embedded and stored, so that search finds all of one or nothing."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from core.domain.ids import TenantId
from core.postgres.database import Database
from knowledge.calibrate import Calibrator
from knowledge.documents import Chunk, Document, StoredDocument
from knowledge.ports import Embedder, Piece, Prepared, Vectors
from knowledge.postgres.chunks import PostgresChunkStore
from knowledge.scripts import is_chinese
from knowledge.split import SPLIT_VERSION, context, split
from knowledge.terms import TERMS_VERSION, path_terms, terms

_TOGETHER = 64
"""Chunks that are embedded and stored together: a few seconds of work, one commit."""


class Change(Enum):
    """What putting a document did."""

    ADDED = "added"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one document."""

    uri: str
    change: Change
    chunks: int
    """0 for an unchanged one."""


@dataclass(frozen=True, slots=True)
class _Cut:
    document: Document
    change: Change
    chunks: tuple[Chunk, ...]


class Ingester:
    """Puts documents where search finds them."""

    def __init__(self, database: Database, embedder: Embedder) -> None:
        self._store = PostgresChunkStore(database)
        self._calibrator = Calibrator(database, embedder_version=embedder.version)
        self._embedder = embedder
        self._made_by = f"{SPLIT_VERSION}/{TERMS_VERSION}/{embedder.version}"

    async def put(self, tenant: TenantId, document: Document) -> Outcome:
        """Add the document, or replace what has its uri; an unchanged one is a no-op.

        Raises:
            TenantNotFound: no such tenant.
        """
        (outcome,) = [outcome async for outcome in self.put_many(tenant, (document,))]
        return outcome

    async def put_many(
        self, tenant: TenantId, documents: Iterable[Document] | AsyncIterable[Document]
    ) -> AsyncIterator[Outcome]:
        """Put many, embedding across documents; each outcome comes once its document is stored.

        Closing the iterator early leaves whole documents only. The same uri twice: the last
        one stays. Call `settle` when there is no more to come.

        Raises:
            TenantNotFound: no such tenant.
        """
        known = dict(await self._store.known(tenant))
        waiting: dict[str, _Cut] = {}
        async for document in _each(documents):
            before = known.get(document.uri)
            unchanged = before and before.digest == document.digest
            if before and unchanged and before.made_by == self._made_by:
                yield Outcome(uri=document.uri, change=Change.UNCHANGED, chunks=0)
                continue
            chunks = await asyncio.to_thread(split, document, self._embedder.count_tokens)
            change = Change.REPLACED if before else Change.ADDED
            waiting[document.uri] = _Cut(document, change, chunks)
            if sum(len(cut.chunks) for cut in waiting.values()) >= _TOGETHER:
                for outcome in await self._store_all(tenant, [*waiting.values()]):
                    yield outcome
                waiting.clear()
        for outcome in await self._store_all(tenant, [*waiting.values()]):
            yield outcome

    async def remove(self, tenant: TenantId, uris: Sequence[str]) -> int:
        """Take documents out, and return how many there were."""
        return await self._store.remove(tenant, uris)

    async def list(self, tenant: TenantId) -> Sequence[StoredDocument]:
        """What is stored, by uri."""
        return await self._store.documents(tenant)

    async def settle(self, tenant: TenantId) -> None:
        """Make search fast for what is stored by now, and learn what its scores mean.

        Takes seconds for hundreds of documents; search and ingest go on meanwhile.
        """
        await self._store.optimise(tenant)
        await self._calibrator.calibrate(tenant)

    async def _store_all(self, tenant: TenantId, cuts: Sequence[_Cut]) -> Sequence[Outcome]:
        if not cuts:
            return ()
        prepared = await self._prepare(cuts)
        await self._store.put(tenant, prepared)
        return [
            Outcome(uri=cut.document.uri, change=cut.change, chunks=len(cut.chunks))
            for cut in cuts
        ]

    async def _prepare(self, cuts: Sequence[_Cut]) -> Sequence[Prepared]:
        passages = [
            f"{context(cut.document.title, chunk.heading)}\n{chunk.text}"
            for cut in cuts
            for chunk in cut.chunks
        ]
        sentences = {
            sentence: None for cut in cuts for chunk in cut.chunks for sentence in chunk.sentences
        }
        vectors = await self._embed([*passages, *sentences])
        of_chunks = iter(vectors[: len(passages)])
        of_sentences = dict(zip(sentences, vectors[len(passages) :], strict=True))
        return [self._prepared(cut, of_chunks, of_sentences) for cut in cuts]

    def _prepared(
        self,
        cut: _Cut,
        of_chunks: Iterator[Vectors | None],
        of_sentences: Mapping[str, Vectors | None],
    ) -> Prepared:
        language = _language(cut)
        return Prepared(
            document=cut.document,
            language=language,
            made_by=self._made_by,
            pieces=tuple(
                _piece(cut.document, language, chunk, next(of_chunks), of_sentences)
                for chunk in cut.chunks
            ),
        )

    async def _embed(self, texts: Sequence[str]) -> Sequence[Vectors | None]:
        """A vector for each text whose language the embedder knows."""
        known = [place for place, text in enumerate(texts) if self._embedder.knows(text)]
        vectors: dict[int, Vectors] = {}
        if known:
            rows = await self._embedder.embed([texts[place] for place in known])
            vectors.update(zip(known, rows, strict=True))
        return [vectors.get(place) for place in range(len(texts))]


def _piece(
    document: Document,
    language: str,
    chunk: Chunk,
    vector: Vectors | None,
    of_sentences: Mapping[str, Vectors | None],
) -> Piece:
    counts = Counter(terms(f"{context(document.title, chunk.heading)}\n{chunk.text}", language))
    counts.update(path_terms(document.uri, language))
    return Piece(
        chunk=chunk,
        terms=counts,
        length=counts.total(),
        vector=vector,
        sentence_vectors=tuple(of_sentences[sentence] for sentence in chunk.sentences),
    )


def _language(cut: _Cut) -> str:
    """Whose stems fit: Chinese by its script, else what the document says, else English."""
    sample = " ".join(chunk.text for chunk in cut.chunks[:3])
    return "zh" if is_chinese(sample) else cut.document.language or "en"


async def _each(
    documents: Iterable[Document] | AsyncIterable[Document],
) -> AsyncIterator[Document]:
    if isinstance(documents, AsyncIterable):
        async for document in documents:
            yield document
        return
    for document in documents:
        yield document
