"""What every Retriever does: passages best first, one tenant's alone, honest without any."""

import pytest

from core.answers.say import ApprovedRetriever
from core.domain.ids import TenantId
from core.nlu.language import LanguageJudge
from core.ports import Retriever
from core.postgres.database import Database
from core.settings import CoreSettings
from deploy.answers import approved_answers
from deploy.intents import MessageVectors
from knowledge.ingest import Ingester
from knowledge.search import HybridRetriever
from tests.fakes.clock import FakeClock
from tests.fakes.embedding import WordEmbedder
from tests.knowledge.builders import a_document, a_pair, of_sections

pytestmark = pytest.mark.slow  # many connections: not for make quick

BACKENDS = ["postgres", "with approved answers"]
TENANT, OTHER = TenantId("default"), TenantId("other")
DOCUMENTS = (
    a_document("canada.md", "Parcels to Canada take eight days.", title="Delivery to Canada"),
    a_document("norway.md", "Parcels to Norway take three days.", title="Delivery to Norway"),
    a_document("returns.md", "Jackets can be sent back within thirty days.", title="Returns"),
    a_document("zh.md", "发往加拿大的包裹需要八天。退货免费。", title="配送", language="zh"),
    of_sections("faq.json", a_pair("Do you sell gift cards?", "Yes, from ten dollars.")),
)


@pytest.fixture(params=BACKENDS)
async def retriever(database: Database, request: pytest.FixtureRequest) -> Retriever:
    async with database.as_service() as connection:
        await connection.execute("INSERT INTO tenants (id, name) VALUES ('other', 'Other')")
    ingester = Ingester(database, WordEmbedder())
    async for _ in ingester.put_many(TENANT, DOCUMENTS):
        pass
    await ingester.settle(TENANT)
    plain = HybridRetriever(database, WordEmbedder())
    if request.param == "postgres":
        return plain
    embeds = MessageVectors(WordEmbedder())
    return ApprovedRetriever(
        plain,
        approved_answers(database, embeds, LanguageJudge(), FakeClock(), CoreSettings()),
    )


async def first(retriever: Retriever, question: str, *before: str) -> str:
    found = await retriever.retrieve(TENANT, question, before)
    return found.passages[0].uri


@pytest.mark.parametrize(
    ("question", "uri"),
    [
        ("How long do parcels to Canada take?", "canada.md"),
        ("Can I send my jacket back?", "returns.md"),
        ("do you sell GIFT CARDS", "faq.json"),
        ("加拿大的包裹要几天？", "zh.md"),
    ],
)
async def test_the_document_that_answers_comes_first(retriever, question, uri) -> None:
    assert await first(retriever, question) == uri


async def test_a_follow_up_is_found_by_what_was_asked_before(retriever) -> None:
    before = "How long do parcels to Canada take?"

    assert await first(retriever, "and to Norway?", before) == "norway.md"


async def test_passages_come_best_first_with_scores_and_sentences(retriever) -> None:
    found = await retriever.retrieve(TENANT, "How long do parcels take?", ())

    scores = [passage.score for passage in found.passages]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert all(
        sentence.text in passage.text
        for passage in found.passages
        for sentence in passage.sentences
    )
    assert 0 <= found.confidence <= 1


async def test_the_confidence_tells_what_is_there_from_what_is_not(retriever) -> None:
    there = await retriever.retrieve(TENANT, "How long do parcels to Norway take?", ())
    not_there = await retriever.retrieve(TENANT, "Which opera is on tonight?", ())

    assert there.confidence > not_there.confidence


async def test_what_was_looked_for_is_said_in_the_customers_words(retriever) -> None:
    found = await retriever.retrieve(TENANT, "Do you ship Elephants to Norway?", ())

    assert "Elephants" in found.looked_for
    assert "Do" not in found.looked_for


async def test_another_tenants_documents_are_never_found(retriever) -> None:
    found = await retriever.retrieve(OTHER, "How long do parcels to Canada take?", ())

    assert (found.passages, found.confidence) == ((), 0.0)


@pytest.mark.parametrize("question", ["", "?!", "\x00", "的", "a" * 5_000, "'; DROP TABLE chunks"])
async def test_strange_questions_find_something_or_nothing(retriever, question) -> None:
    found = await retriever.retrieve(TENANT, question, ())

    assert 0 <= found.confidence <= 1
