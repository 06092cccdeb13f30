"""Questions in, passages out, over the real statement."""

from core.domain.ids import TenantId
from core.postgres.database import Database
from knowledge.ingest import Ingester
from knowledge.search import HybridRetriever
from tests.fakes.embedding import WordEmbedder
from tests.knowledge.builders import a_document

TENANT = TenantId("default")


async def test_a_question_finds_the_document_that_has_its_words(database: Database) -> None:
    ingester = Ingester(database, WordEmbedder())
    await ingester.put(TENANT, a_document("returns.md", "Jackets can be returned in thirty days."))
    await ingester.put(TENANT, a_document("hours.md", "The shop in Leeds opens at nine."))

    found = await HybridRetriever(database, WordEmbedder()).retrieve(
        TENANT, "When does the shop open?", ()
    )

    assert [passage.uri for passage in found.passages] == ["hours.md", "returns.md"]
    assert found.knowledge_version == 2
    assert found.looked_for == ("shop", "open")
