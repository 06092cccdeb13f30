import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import numpy as np
import pytest

from core.answers.ports import Asked, Conditions
from core.domain.answers import Draft
from core.domain.conversation import Conversation
from core.domain.ids import CustomerId, TenantId, TurnId
from core.domain.messages import Channel
from core.postgres.answer_cache import Limits, PostgresAnswerCache
from core.postgres.conversations import PostgresConversations
from core.postgres.database import Database
from tests.builders import TENANT, a_draft
from tests.fakes.clock import FakeClock
from tests.fakes.embedding import WordEmbedder

OTHER = TenantId("other")
LIMITS = Limits(entries=5, keeps=timedelta(hours=1))
DRAFT = replace(a_draft(), written_by="model", prompt_version="v1", variant="b")


class Asking:
    """Asks as customers do: each in a conversation of their own."""

    def __init__(self, database: Database, clock: FakeClock) -> None:
        self._conversations = PostgresConversations(database, clock, lambda *_: None, partitions=1)
        self._embedder = WordEmbedder()

    async def conversation(self, tenant: TenantId = TENANT) -> Conversation:
        return await self._conversations.open(
            tenant, Channel.WEB, CustomerId(str(uuid4())), str(uuid4())
        )

    async def __call__(
        self,
        question: str = "How do I cancel my order?",
        *,
        tenant: TenantId = TENANT,
        knowledge: int = 1,
        edition: str = "v1",
        language: str = "en",
    ) -> Asked:
        opened = await self.conversation(tenant)
        known = self._embedder.knows(question)
        vector = (await self._embedder.embed([question]))[0]
        return Asked(
            conditions=Conditions(
                tenant=tenant, knowledge=knowledge, edition=edition, language=language
            ),
            question=question,
            conversation=opened.id,
            seq=1,
            vector=vector if known else np.zeros_like(vector),
        )


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def asking(database: Database, clock: FakeClock) -> Asking:
    async with database.as_service() as connection:
        await connection.execute("INSERT INTO tenants (id, name) VALUES ('other', 'Other')")
    return Asking(database, clock)


@pytest.fixture
def cache(database: Database, clock: FakeClock) -> PostgresAnswerCache:
    return PostgresAnswerCache(database, clock, LIMITS, "words/1")


async def entries(database: Database) -> int:
    async with database.as_service() as connection:
        return await connection.fetchval("SELECT count(*) FROM answer_cache")


async def a_turn(database: Database, asked: Asked) -> TurnId:
    turn = TurnId(uuid4())
    async with database.as_service() as connection:
        await connection.execute(
            "INSERT INTO turns (id, tenant, conversation, covers, epoch, sent, decision,"
            " confidence, record) VALUES ($1, $2, $3, $4, 0, true, 'reply', 1, '{}')",
            turn,
            asked.conditions.tenant,
            asked.conversation,
            [asked.seq],
        )
    return turn


async def test_the_same_question_gets_the_same_draft_marked_as_cached(cache, asking) -> None:
    await cache.keep(await asking("How do I cancel my order?"), DRAFT)

    kept = await cache.same(await asking("how do i CANCEL my order"))

    assert kept is not None
    assert kept.draft == replace(DRAFT, path="cached")
    assert kept.cosine == 1


async def test_like_questions_come_nearest_first_and_none_below_the_bound(cache, asking) -> None:
    await cache.keep(await asking("How do I cancel my order?"), DRAFT)
    await cache.keep(await asking("How do I cancel my order today?"), DRAFT)
    await cache.keep(await asking("Which opera is on tonight?"), DRAFT)

    found = await cache.alike(await asking("How can I cancel my order?"), 0.5, 5)

    assert [one.question for one in found] == [
        "How do I cancel my order?",
        "How do I cancel my order today?",
    ]
    assert found[0].cosine > found[1].cosine >= 0.5


@pytest.mark.parametrize(
    "otherwise", [{"knowledge": 2}, {"edition": "v2"}, {"language": "de"}, {"tenant": OTHER}]
)
async def test_under_other_conditions_nothing_is_known(cache, asking, otherwise) -> None:
    await cache.keep(await asking(), DRAFT)

    assert await cache.same(await asking(**otherwise)) is None
    assert await cache.alike(await asking(**otherwise), 0, 5) == []


async def test_another_embedders_vectors_are_not_compared(database, clock, cache, asking) -> None:
    await cache.keep(await asking(), DRAFT)
    newer = PostgresAnswerCache(database, clock, LIMITS, "words/2")

    assert await newer.alike(await asking(), 0, 5) == []
    assert await newer.same(await asking()) is not None


async def test_chinese_is_kept_without_a_vector(cache, asking) -> None:
    await cache.keep(await asking("怎么取消订单？"), DRAFT)

    assert await cache.same(await asking("怎么取消订单")) is not None
    assert await cache.alike(await asking("怎么取消订单"), 0, 5) == ()


async def test_a_change_of_knowledge_clears_what_was_kept_before(database, cache, asking) -> None:
    await cache.keep(await asking("How do I cancel my order?"), DRAFT)
    await cache.keep(await asking("Opening hours?", tenant=OTHER), DRAFT)

    await cache.keep(await asking("Where are you?", knowledge=2), DRAFT)

    assert await cache.same(await asking("How do I cancel my order?")) is None
    assert await entries(database) == 2


async def test_what_has_expired_is_not_served_and_is_replaced(
    database, clock, cache, asking
) -> None:
    await cache.keep(await asking(), DRAFT)
    clock.passed_s = 3_600

    assert await cache.same(await asking()) is None
    assert await cache.alike(await asking(), 0, 5) == []
    await cache.keep(await asking(), replace(DRAFT, text="Anew. [1]"))
    assert (await cache.same(await asking())).draft.text == "Anew. [1]"
    assert await entries(database) == 1


async def test_the_one_not_used_for_longest_goes(clock, cache, asking) -> None:
    first = await asking("Question 0")
    await cache.keep(first, DRAFT)
    for number in range(1, LIMITS.entries):
        clock.passed_s += 1
        await cache.keep(await asking(f"Question {number}"), DRAFT)
    clock.passed_s += 1
    await cache.used(await asking(), (await cache.same(first)).id)
    clock.passed_s += 1

    await cache.keep(await asking("One more"), DRAFT)

    assert await cache.same(first) is not None
    assert await cache.same(await asking("Question 1")) is None
    assert await cache.same(await asking("Question 2")) is not None


async def test_the_same_question_kept_by_many_at_once_is_there_once(
    database, cache, asking
) -> None:
    asked = [await asking() for _ in range(12)]

    await asyncio.gather(*(cache.keep(one, DRAFT) for one in asked))

    assert await entries(database) == 1


async def test_many_who_keep_and_look_at_once_hold_the_bound(database, cache, asking) -> None:
    asked = [await asking(f"Question {number}") for number in range(20)]

    await asyncio.gather(
        *(cache.keep(one, DRAFT) for one in asked), *(cache.same(one) for one in asked)
    )
    await cache.keep(await asking("The last one"), DRAFT)

    assert await entries(database) == LIMITS.entries


@pytest.mark.parametrize("rated", ["the one it came from", "one that it answered"])
async def test_an_answer_that_a_turn_got_is_forgotten_with_it(
    database, cache, asking, rated
) -> None:
    source, later = await asking(), await asking()
    await cache.keep(source, DRAFT)
    await cache.keep(await asking("Opening hours?"), DRAFT)
    await cache.used(later, (await cache.same(later)).id)
    turn = await a_turn(database, source if rated == "the one it came from" else later)

    assert await cache.forget(OTHER, turn) == 0
    assert await cache.forget(TENANT, turn) == 1
    assert await cache.forget(TENANT, turn) == 0

    assert await cache.same(later) is None
    assert await entries(database) == 1


async def test_a_customers_words_go_with_their_conversation(database, cache, asking) -> None:
    one, other = await asking(), await asking("Opening hours?")
    await cache.keep(one, DRAFT)
    await cache.keep(other, DRAFT)

    assert await cache.erase(OTHER, one.conversation) == 0
    assert await cache.erase(TENANT, one.conversation) == 1
    async with database.as_service() as connection:
        await connection.execute("DELETE FROM conversations WHERE id = $1", other.conversation)

    assert await entries(database) == 0


async def test_what_is_gone_meanwhile_can_be_noted_as_used(cache, asking) -> None:
    asked = await asking()
    await cache.keep(asked, DRAFT)
    kept = await cache.same(asked)
    await cache.erase(TENANT, asked.conversation)

    await cache.used(await asking(), kept.id)

    assert await cache.same(asked) is None


async def test_no_statement_of_one_tenant_reaches_another_s_rows(database, cache, asking) -> None:
    await cache.keep(await asking(), DRAFT)

    async with database.as_tenant(OTHER) as connection:
        for table in ("answer_cache", "answer_cache_uses"):
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0
            assert await connection.execute(f"DELETE FROM {table}") == "DELETE 0"


async def test_a_draft_without_a_variant_comes_back_whole(cache, asking) -> None:
    plain = Draft(text="So. [1]", sources=DRAFT.sources, written_by="m", prompt_version="v1")
    await cache.keep(await asking(), plain)

    assert (await cache.same(await asking())).draft == replace(plain, path="cached")
