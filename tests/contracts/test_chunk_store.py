"""What every ChunkStore does: whole documents in, whole documents out, one tenant's alone."""

import asyncio
from dataclasses import replace

import pytest

from core.domain.errors import TenantNotFound
from core.domain.ids import TenantId
from core.postgres.database import Database
from knowledge.documents import Document
from knowledge.ingest import Change, Ingester
from knowledge.postgres.chunks import PostgresChunkStore
from knowledge.search import HybridRetriever
from tests.fakes.embedding import WordEmbedder
from tests.knowledge.builders import a_document, a_pair, of_sections

pytestmark = pytest.mark.slow  # many connections: not for make quick

BACKENDS = ["postgres"]
TENANT, OTHER = TenantId("default"), TenantId("other")


@pytest.fixture(params=BACKENDS)
async def store(database: Database) -> PostgresChunkStore:
    async with database.as_service() as connection:
        await connection.execute("INSERT INTO tenants (id, name) VALUES ('other', 'Other')")
    return PostgresChunkStore(database)


@pytest.fixture
def ingester(store: PostgresChunkStore, database: Database) -> Ingester:
    return Ingester(database, WordEmbedder())


async def test_what_is_put_is_known_and_listed(store, ingester) -> None:
    document = a_document("help/returns.md", title="Returns")

    outcome = await ingester.put(TENANT, document)

    assert outcome.change is Change.ADDED
    assert {uri: known.digest for uri, known in (await store.known(TENANT)).items()} == {
        "help/returns.md": document.digest
    }
    (stored,) = await store.documents(TENANT)
    assert (stored.title, stored.chunks, stored.language) == ("Returns", outcome.chunks, "en")


async def test_an_unchanged_document_is_not_embedded_again(database) -> None:
    embedder = WordEmbedder()
    ingester = Ingester(database, embedder)
    await ingester.put(TENANT, a_document())
    embedded = embedder.embedded

    outcome = await ingester.put(TENANT, a_document())

    assert outcome.change is Change.UNCHANGED
    assert embedder.embedded == embedded


async def test_another_embedder_makes_every_document_new(database) -> None:
    await Ingester(database, WordEmbedder("words/1")).put(TENANT, a_document())

    outcome = await Ingester(database, WordEmbedder("words/2")).put(TENANT, a_document())

    assert outcome.change is Change.REPLACED


async def test_removing_counts_what_was_there(store, ingester) -> None:
    await ingester.put(TENANT, a_document("a.md"))

    assert await store.remove(TENANT, ["a.md", "nowhere.md"]) == 1
    assert not await store.documents(TENANT)
    assert await store.remove(TENANT, ["a.md"]) == 0


async def test_no_trace_of_a_removed_document_is_left(store, ingester, database) -> None:
    await ingester.put(TENANT, a_document("a.md"))
    await store.remove(TENANT, ["a.md"])

    async with database.as_service() as connection:
        for table in ("chunks", "sentences", "postings", "terms"):
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0


async def test_document_frequencies_stay_right_through_every_change(ingester, database) -> None:
    documents = [a_document(f"{n}.md", f"Parcel number {n} is on its way.") for n in range(8)]
    await asyncio.gather(*(ingester.put(TENANT, document) for document in documents))
    await ingester.put(TENANT, a_document("0.md", "Nothing is here any more."))
    await ingester.remove(TENANT, ["1.md"])

    async with database.as_service() as connection:
        wrong = await connection.fetch(
            "SELECT term, t.chunks, p.chunks FROM terms t"
            " FULL JOIN (SELECT tenant, term, count(*) AS chunks FROM postings"
            "            GROUP BY tenant, term) p USING (tenant, term)"
            " WHERE t.chunks IS DISTINCT FROM p.chunks"
        )
        summed = await connection.fetchrow("SELECT chunks, terms FROM knowledge_versions")
        counted = await connection.fetchrow(
            "SELECT count(*) AS chunks, sum(length) AS terms FROM chunks"
        )
    assert wrong == []
    assert dict(summed) == dict(counted)


async def test_an_unknown_tenant_has_no_shelf(ingester) -> None:
    with pytest.raises(TenantNotFound):
        await ingester.put(TenantId("nobody"), a_document())


async def test_one_tenants_documents_are_not_there_for_another(store, ingester) -> None:
    await ingester.put(TENANT, a_document("a.md"))

    assert await store.known(OTHER) == {}
    assert not await store.documents(OTHER)
    assert await store.remove(OTHER, ["a.md"]) == 0
    assert len(await store.documents(TENANT)) == 1


@pytest.mark.slow
async def test_a_search_during_replacement_finds_the_old_or_the_new_and_never_half(
    ingester, database
) -> None:
    def edition(number: int) -> Document:
        pairs = (a_pair(f"What is fact {n}?", f"Edition {number} says {n}.") for n in range(12))
        return replace(of_sections("facts.json", *pairs), title="Facts")

    retriever = HybridRetriever(database, WordEmbedder(), passages=20)
    await ingester.put(TENANT, edition(0))
    replaced = asyncio.Event()
    seen: list[set[str]] = []

    async def replace_often() -> None:
        for number in range(1, 6):
            await ingester.put(TENANT, edition(number))
        replaced.set()

    async def search_on() -> None:
        while not replaced.is_set():
            found = await retriever.retrieve(TENANT, "What does the edition say?", ())
            assert len(found.passages) == 12
            seen.append({passage.text.split("Edition ")[1][0] for passage in found.passages})

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(replace_often())
        tasks.create_task(search_on())

    assert seen
    assert all(len(editions) == 1 for editions in seen)
