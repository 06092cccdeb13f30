"""Questions in, passages out, over the real statement."""

import asyncio

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


async def test_chinese_questions_find_chinese_passages_by_their_characters(
    database: Database,
) -> None:
    ingester = Ingester(database, WordEmbedder())
    await ingester.put(
        TENANT, a_document("zh/returns.md", "外套可以在三十天内退货。", language="zh")
    )
    await ingester.put(TENANT, a_document("zh/delivery.md", "包裹两天内送到北京。", language="zh"))
    await ingester.put(TENANT, a_document("returns.md", "Jackets can be returned in thirty days."))

    found = await HybridRetriever(database, WordEmbedder()).retrieve(TENANT, "外套怎么退货？", ())

    assert found.passages[0].uri == "zh/returns.md"
    assert "cosine" not in found.passages[0].parts
    assert found.passages[0].parts["dense_weight"] == 0
    assert found.looked_for == ("外套", "退货")


async def test_words_of_the_address_count(database: Database) -> None:
    ingester = Ingester(database, WordEmbedder())
    await ingester.put(
        TENANT, a_document("a/gift-cards/rules.md", "They run out after a year.", title="Rules")
    )
    await ingester.put(
        TENANT, a_document("a/parking/rules.md", "They run out after a day.", title="Rules")
    )

    found = await HybridRetriever(database, WordEmbedder()).retrieve(
        TENANT, "When do gift cards run out?", ()
    )

    assert found.passages[0].uri == "a/gift-cards/rules.md"


async def test_a_near_identical_passage_is_given_once(database: Database) -> None:
    ingester = Ingester(database, WordEmbedder())
    for name in ("old.md", "copy.md"):
        await ingester.put(TENANT, a_document(name, "Jackets can be returned in thirty days."))
    await ingester.put(TENANT, a_document("hours.md", "The shop takes jackets from nine."))

    found = await HybridRetriever(database, WordEmbedder()).retrieve(
        TENANT, "Can jackets be returned?", ()
    )

    assert [passage.text for passage in found.passages].count(
        "Jackets can be returned in thirty days."
    ) == 1
    assert len(found.passages) == 2


async def test_a_search_asks_the_database_once(database: Database) -> None:
    await Ingester(database, WordEmbedder()).put(TENANT, a_document())
    retriever = HybridRetriever(database, WordEmbedder())
    await retriever.retrieve(TENANT, "Can jackets be returned?", ())
    sent: list[str] = []

    async with database.as_tenant(TENANT) as connection:
        connection.add_query_logger(lambda query: sent.append(query.query))
    await retriever.retrieve(TENANT, "When can a jacket be returned?", ())

    assert len(sent) == 1


async def test_documents_put_at_the_same_time_are_all_counted(database: Database) -> None:
    ingesters = [Ingester(database, WordEmbedder()) for _ in range(4)]
    documents = [a_document(f"{number}.md", f"Jacket number {number}.") for number in range(12)]

    async with asyncio.TaskGroup() as group:
        for number, document in enumerate(documents):
            group.create_task(ingesters[number % 4].put(TENANT, document))

    async with database.as_tenant(TENANT) as connection:
        jackets = await connection.fetchval("SELECT chunks FROM terms WHERE term = 'jacket'")
        version, chunks = await connection.fetchrow(
            "SELECT version, chunks FROM knowledge_versions"
        )
    assert (jackets, version, chunks) == (12, 12, 12)
