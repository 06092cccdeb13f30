"""A tenant's own sentences say what its scores mean."""

import pytest

from core.domain.ids import TenantId
from core.postgres.database import Database
from knowledge.fuse import Weights
from knowledge.ingest import Ingester
from knowledge.postgres.calibrations import PostgresCalibrations, read
from knowledge.postgres.search import PostgresSearch
from knowledge.search import HybridRetriever
from tests.fakes.embedding import WordEmbedder
from tests.knowledge.builders import a_document

pytestmark = pytest.mark.slow  # many connections: not for make quick

TENANT = TenantId("default")
THINGS = ("jacket", "tent", "stove", "rope", "boot", "lamp", "map", "knife", "tarp", "pump")
PLACES = ("Leeds", "Oslo", "Quebec", "Vienna")


@pytest.fixture
async def ingester(database: Database) -> Ingester:
    ingester = Ingester(database, WordEmbedder())
    documents = [
        a_document(
            f"{thing}.md",
            "\n".join(
                f"Every {thing} sold in {place} is checked by hand before shipping number {at}."
                for at, place in enumerate(PLACES)
            ),
        )
        for thing in THINGS
    ]
    async for _ in ingester.put_many(TENANT, documents):
        pass
    return ingester


async def test_settling_learns_the_scale_and_the_background(
    database: Database, ingester: Ingester
) -> None:
    await ingester.settle(TENANT)

    profile = await PostgresSearch(database, Weights()).profile(TENANT)
    assert profile
    assert profile.calibration
    assert profile.calibrated == profile.version
    calibration = read(*profile.calibration)
    assert calibration.background
    assert calibration.background.covariance.shape == (384, 384)
    assert calibration.scale.outstanding > 0


async def test_nothing_is_learned_twice(database: Database, ingester: Ingester) -> None:
    store = PostgresCalibrations(database)
    assert not await store.is_fresh(TENANT, "1/words/1")

    await ingester.settle(TENANT)
    assert await store.is_fresh(TENANT, "1/words/1")
    await ingester.put(TENANT, a_document("new.md", "Something new."))

    assert not await store.is_fresh(TENANT, "1/words/1")


async def test_a_search_takes_up_a_new_calibration(database: Database, ingester: Ingester) -> None:
    retriever = HybridRetriever(database, WordEmbedder())
    before = await retriever.retrieve(TENANT, "Who checks a tent from Oslo?", ())

    await ingester.settle(TENANT)
    after = await retriever.retrieve(TENANT, "Who checks a tent from Oslo?", ())

    assert after.passages[0].uri == before.passages[0].uri == "tent.md"
    assert after.confidence != before.confidence


async def test_what_the_documents_do_not_speak_of_is_less_sure(
    database: Database, ingester: Ingester
) -> None:
    await ingester.settle(TENANT)
    retriever = HybridRetriever(database, WordEmbedder())

    known = await retriever.retrieve(TENANT, "Is every rope sold in Quebec checked by hand?", ())
    unknown = await retriever.retrieve(TENANT, "What is the best mortgage rate right now?", ())

    assert known.confidence > 0.5 > unknown.confidence


async def test_an_empty_tenant_learns_nothing(database: Database) -> None:
    await Ingester(database, WordEmbedder()).settle(TENANT)

    assert await PostgresSearch(database, Weights()).profile(TENANT) is None
