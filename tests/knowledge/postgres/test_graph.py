"""A tenant with many chunks is searched through a graph, with the same answers."""

import asyncio

import pytest

from core.domain.ids import TenantId
from core.postgres.database import Database
from knowledge.fuse import Weights
from knowledge.ingest import Ingester
from knowledge.postgres.chunks import PostgresChunkStore
from knowledge.postgres.search import PostgresSearch
from knowledge.search import HybridRetriever
from tests.fakes.embedding import WordEmbedder
from tests.knowledge.builders import a_document

pytestmark = pytest.mark.slow
TENANT = TenantId("default")
THINGS = ("jacket", "tent", "stove", "rope", "boot", "lamp", "map", "knife", "tarp", "pump")


async def filled(database: Database) -> None:
    documents = [
        a_document(f"{number}.md", f"Part {number} of the {thing} weighs {number * 7} grams.")
        for number in range(20)
        for thing in (THINGS[number % len(THINGS)],)
    ] + [a_document(f"{thing}.md", f"The {thing} is made in Oslo.") for thing in THINGS]
    async for _ in Ingester(database, WordEmbedder()).put_many(TENANT, documents):
        pass


async def test_the_graph_finds_what_the_exact_search_finds(database: Database) -> None:
    await filled(database)
    question = "Where is the lamp made?"
    exact = await HybridRetriever(database, WordEmbedder()).retrieve(TENANT, question, ())

    await PostgresChunkStore(database, index_from=10).optimise(TENANT)

    profile = await PostgresSearch(database, Weights()).profile(TENANT)
    assert profile
    assert profile.indexed
    found = await HybridRetriever(database, WordEmbedder()).retrieve(TENANT, question, ())
    assert [passage.id for passage in found.passages] == [passage.id for passage in exact.passages]


async def test_two_that_optimise_at_once_make_one_graph(database: Database) -> None:
    await filled(database)
    store = PostgresChunkStore(database, index_from=10)

    await asyncio.gather(store.optimise(TENANT), store.optimise(TENANT))

    async with database.as_service() as connection:
        graphs = await connection.fetchval(
            "SELECT count(*) FROM pg_indexes WHERE indexdef LIKE '%hnsw%'"
        )
    assert graphs == 1


async def test_small_tenants_are_searched_without_a_graph(database: Database) -> None:
    await filled(database)

    await PostgresChunkStore(database).optimise(TENANT)

    profile = await PostgresSearch(database, Weights()).profile(TENANT)
    assert profile
    assert not profile.indexed
