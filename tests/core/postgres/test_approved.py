import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import numpy as np
import pytest

from core.answers.approved import ApprovedAnswers, Compared, Thresholds, Verdict
from core.answers.ports import Pair
from core.domain.errors import TenantNotFound
from core.domain.ids import TenantId
from core.nlu.embeds import Embeds
from core.nlu.language import LanguageJudge
from core.postgres.approved import PostgresApprovals
from core.postgres.database import Database
from deploy.intents import MessageVectors
from tests.builders import NOON, TENANT
from tests.fakes.clock import FakeClock
from tests.fakes.embedding import WordEmbedder

OTHER = TenantId("other")
THRESHOLDS = Thresholds(wins=0.85, near=0.7)


def a_pair(*questions: str, answer: str = "Open it and press cancel.", language: str = "") -> Pair:
    return Pair(
        id=uuid4(),
        questions=questions,
        answer=answer,
        language=language,
        approved_by="lead@example.com",
        approved_at=NOON,
    )


@pytest.fixture
async def approvals(database: Database) -> PostgresApprovals:
    async with database.as_service() as connection:
        await connection.execute("INSERT INTO tenants (id, name) VALUES ('other', 'Other')")
    return PostgresApprovals(database)


def answers(approvals: PostgresApprovals, embeds: Embeds | None = None) -> ApprovedAnswers:
    return ApprovedAnswers(
        approvals,
        embeds or MessageVectors(WordEmbedder()),
        LanguageJudge().judge,
        FakeClock(),
        THRESHOLDS,
    )


def verdicts(found: Iterable[Compared]) -> list[Verdict]:
    return [one.verdict for one in found]


async def test_what_is_put_is_there_with_its_wordings_in_order(approvals) -> None:
    pair = a_pair("How do I cancel?", "Cancel my order", "怎么取消订单？", language="en")
    dated = replace(a_pair("Opening hours?"), expires_at=NOON + timedelta(days=1), enabled=False)

    await approvals.put(TENANT, [pair, dated])

    assert {one.id: one for one in await approvals.everything(TENANT)} == {
        pair.id: pair,
        dated.id: dated,
    }


async def test_a_wording_has_one_answer_the_latest(approvals) -> None:
    old = a_pair("How do I cancel?", "Cancel my order", answer="By post.")
    gone = a_pair("I want to cancel", answer="By telegram.")
    new = a_pair("how do I CANCEL", "I want to cancel!", answer="In the app.")
    await approvals.put(TENANT, [old, gone])

    await approvals.put(TENANT, [new])

    left = {one.id: one.questions for one in await approvals.everything(TENANT)}
    assert left == {old.id: ("Cancel my order",), new.id: new.questions}


async def test_the_same_wording_in_another_language_stays(approvals) -> None:
    english, german = a_pair("Hotel?", language="en"), a_pair("Hotel?", language="de")

    await approvals.put(TENANT, [english])
    await approvals.put(TENANT, [german])

    assert len(await approvals.everything(TENANT)) == 2


async def test_many_who_put_at_once_leave_each_wording_with_one_answer(approvals) -> None:
    pairs = [a_pair("How do I cancel?", f"Wording {n}", answer=f"{n}") for n in range(8)]

    await asyncio.gather(*(approvals.put(TENANT, [pair]) for pair in pairs))

    left = await approvals.everything(TENANT)
    assert sum("How do I cancel?" in one.questions for one in left) == 1
    assert await approvals.version(TENANT) == 8


async def test_every_change_raises_the_version(approvals) -> None:
    pair = a_pair("How do I cancel?")
    versions = [await approvals.version(TENANT)]
    await approvals.put(TENANT, [pair])
    versions.append(await approvals.version(TENANT))
    assert await approvals.switch(TENANT, {pair.id: False, uuid4(): True}) == 1
    versions.append(await approvals.version(TENANT))
    assert await approvals.remove(TENANT, [pair.id, uuid4()]) == 1
    versions.append(await approvals.version(TENANT))

    assert versions == [0, 1, 2, 3]


async def test_a_tenant_that_is_not_there_is_refused(approvals) -> None:
    with pytest.raises(TenantNotFound):
        await approvals.put(TenantId("nobody"), [a_pair("How do I cancel?")])


async def test_nothing_of_one_tenant_is_said_to_another(approvals, database: Database) -> None:
    await approvals.put(TENANT, [a_pair("How do I cancel?")])

    assert await approvals.everything(OTHER) == []
    assert await answers(approvals).near(OTHER, "How do I cancel?", ()) is None
    async with database.as_tenant(OTHER) as connection:
        for table in ("approved_answers", "approved_questions", "approved_versions"):
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0
            assert await connection.execute(f"DELETE FROM {table}") == "DELETE 0"


async def test_the_same_question_wins_whatever_its_case_and_marks(approvals) -> None:
    pair = a_pair("How do I cancel my order?", "怎么取消订单？")
    await approvals.put(TENANT, [pair])

    for asked in ("HOW do I cancel my order", "怎么取消订单"):
        found = await answers(approvals).near(TENANT, asked, ())
        assert found is not None
        assert (found.id, found.answer, found.wins) == (pair.id, pair.answer, True)
        assert found.likeness == 1


async def test_what_is_less_like_it_is_near_and_what_is_unlike_it_is_nothing(approvals) -> None:
    await approvals.put(TENANT, [a_pair("How do I cancel my order?")])
    known = answers(approvals)

    near = await known.near(TENANT, "How do I cancel my order today?", ())
    far = await known.near(TENANT, "Which opera is on tonight?", ())

    assert near is not None
    assert not near.wins
    assert far is None


@pytest.mark.parametrize(
    ("approved", "asked"),
    [
        ("How do I cancel order 5?", "How do I cancel order 6?"),
        ("How do I cancel my order?", "How do I not cancel my order?"),
        ("Do you deliver to Norway?", "Do you deliver to Canada?"),
        ("怎么取消订单？", "怎么不取消订单？"),
        ("满50元包邮吗", "满100元包邮吗"),
    ],
)
async def test_numbers_names_and_denials_are_never_overlooked(approvals, approved, asked) -> None:
    await approvals.put(TENANT, [a_pair(approved)])

    assert await answers(approvals).near(TENANT, asked, ()) is None


async def test_chinese_is_matched_by_words_whatever_the_manner_of_asking(approvals) -> None:
    await approvals.put(TENANT, [a_pair("怎么取消订单？"), a_pair("如何修改收货地址")])
    known = answers(approvals)

    assert (await known.near(TENANT, "请问可以取消我的订单吗", ())).wins
    assert await known.near(TENANT, "怎么投诉快递员", ()) is None


async def test_between_two_that_are_as_near_neither_wins(approvals) -> None:
    red, blue = (
        a_pair("Cancel red order", answer="No."),
        a_pair("Cancel blue order", answer="Yes."),
    )
    await approvals.put(TENANT, [red, blue])

    found = await answers(approvals).compared(TENANT, "cancel order red blue", ())

    assert verdicts(found) == [Verdict.NOT_CLEARLY] * 2
    assert (await answers(approvals).near(TENANT, "cancel red order", ())).wins


async def test_two_with_the_same_answer_are_no_rivals(approvals) -> None:
    await approvals.put(TENANT, [a_pair("Cancel red order"), a_pair("Cancel blue order")])

    assert (await answers(approvals).near(TENANT, "cancel order red blue", ())).wins


async def test_a_follow_up_that_may_mean_something_else_does_not_win(approvals) -> None:
    await approvals.put(TENANT, [a_pair("How long does it take?")])
    known = answers(approvals)

    assert (await known.near(TENANT, "How long does it take?", ())).wins
    assert not (await known.near(TENANT, "How long does it take?", ["I want a refund"])).wins


async def test_one_that_has_expired_or_is_off_is_not_said(approvals) -> None:
    ended = replace(a_pair("How do I cancel?"), expires_at=datetime(2026, 5, 31, tzinfo=UTC))
    off = a_pair("Opening hours?")
    await approvals.put(TENANT, [ended, off])
    known = answers(approvals)
    assert (await known.near(TENANT, "Opening hours?", ())).wins

    await approvals.switch(TENANT, {off.id: False})

    assert await known.near(TENANT, "Opening hours?", ()) is None
    assert await known.near(TENANT, "How do I cancel?", ()) is None


async def test_an_answer_for_another_language_is_not_said(approvals) -> None:
    await approvals.put(TENANT, [a_pair("怎么取消订单", answer="点击取消", language="en")])

    assert await answers(approvals).near(TENANT, "怎么取消订单", ()) is None


async def test_a_change_is_seen_by_those_who_have_looked_before(approvals) -> None:
    known = answers(approvals)
    assert await known.near(TENANT, "How do I cancel?", ()) is None
    await approvals.put(TENANT, [a_pair("How do I cancel?", answer="So.")])
    assert (await known.near(TENANT, "How do I cancel?", ())).answer == "So."
    await approvals.put(TENANT, [a_pair("How do I cancel?", answer="Otherwise.")])

    assert (await known.near(TENANT, "How do I cancel?", ())).answer == "Otherwise."


async def test_wordings_are_embedded_once_for_all_and_anew_by_another_embedder(approvals) -> None:
    await approvals.put(TENANT, [a_pair("How do I cancel?", "Cancel my order", "怎么取消")])
    first, second, newer = WordEmbedder(), WordEmbedder(), WordEmbedder("words/2")

    for embedder in (first, second, newer):
        known = answers(approvals, MessageVectors(embedder))
        await asyncio.gather(*(known.near(TENANT, "How do I cancel?", ()) for _ in range(3)))

    questions, wordings = 3, 2
    assert first.embedded == newer.embedded == questions + wordings
    assert second.embedded == questions


async def test_vectors_come_back_as_they_were_made(approvals) -> None:
    await approvals.put(TENANT, [a_pair("How do I cancel?")])
    vector = (await WordEmbedder().embed(["How do I cancel?"])).astype(np.float32)

    await approvals.keep_vectors(TENANT, "words/1", ["How do I cancel?", "gone"], vector[[0, 0]])

    _, [shelved] = await approvals.shelf(TENANT, "words/1")
    _, [otherwise] = await approvals.shelf(TENANT, "words/2")
    assert np.array_equal(shelved.wordings[0].vector, vector[0])
    assert otherwise.wordings[0].vector is None
