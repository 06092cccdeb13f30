import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from uuid import uuid4

import numpy as np
import pytest

from core.answers.approved import ApprovedAnswers, Thresholds
from core.answers.ports import Pair
from core.answers.say import ApprovedAtLast, ApprovedFirst, ApprovedRetriever
from core.domain.answers import Approved, Draft, Findings
from core.domain.errors import StoreUnavailable
from core.domain.ids import TenantId
from core.nlu.embeds import Embeds
from core.nlu.language import LanguageJudge
from core.ports import Retriever, Writer
from core.postgres.approved import PostgresApprovals
from core.postgres.database import Database
from tests.builders import NOON, TENANT, a_context, a_draft, a_passage, an_understanding, findings
from tests.fakes.clock import FakeClock
from tests.fakes.walk import ScriptedRetriever, ScriptedWriter

QUESTION = "How do I cancel?"
FOUND = findings(a_passage())


def approved(*, wins: bool) -> Approved:
    return Approved(
        id=uuid4(),
        question=QUESTION,
        answer="Open it,\nthen press *cancel*.",
        likeness=0.9,
        wins=wins,
    )


async def written(writer: Writer, found: Findings) -> list[str | Draft]:
    async with aclosing(writer.write(a_context(QUESTION), an_understanding(), found)) as pieces:
        return [piece async for piece in pieces]


@pytest.mark.parametrize("writer", [ApprovedFirst, ApprovedAtLast])
async def test_what_wins_is_said_word_by_word_and_nothing_is_written(writer) -> None:
    inner = ScriptedWriter("Parcels.", a_draft())
    one = approved(wins=True)

    *pieces, draft = await written(writer(inner), replace(FOUND, approved=one))

    assert "".join(pieces) == one.answer == draft.text
    assert len(pieces) > 2
    assert (draft.path, draft.written_by, draft.sources) == ("approved", "approved", ())
    assert inner.closed == 0


async def test_what_is_only_near_is_said_at_last_and_not_first() -> None:
    found = replace(FOUND, approved=approved(wins=False))
    inner = ScriptedWriter("Parcels.", a_draft())

    assert await written(ApprovedFirst(inner), found) == ["Parcels.", a_draft()]
    assert (await written(ApprovedAtLast(inner), found))[-1].path == "approved"


@pytest.mark.parametrize("writer", [ApprovedFirst, ApprovedAtLast])
async def test_without_an_approved_answer_the_other_writer_writes(writer) -> None:
    inner = ScriptedWriter("Parcels.", a_draft())

    assert await written(writer(inner), FOUND) == ["Parcels.", a_draft()]
    assert inner.closed == 1


class Meeting(Embeds, Retriever):
    """Embeds only while a search runs, and finds only while something is embedded."""

    def __init__(self) -> None:
        self.embedding = asyncio.Event()
        self.searching = asyncio.Event()

    @property
    def version(self) -> str:
        return "meeting/1"

    async def embed(self, texts: Sequence[str]) -> np.ndarray:
        self.embedding.set()
        await self.searching.wait()
        return np.zeros((len(texts), 4), np.float32)

    async def retrieve(
        self, tenant: TenantId, question: str, questions_before: Sequence[str]
    ) -> Findings:
        self.searching.set()
        await self.embedding.wait()
        return FOUND


def retriever(database: Database, inner: Retriever, embeds: Embeds) -> ApprovedRetriever:
    answers = ApprovedAnswers(
        PostgresApprovals(database),
        embeds,
        LanguageJudge().judge,
        FakeClock(),
        Thresholds(wins=0.9, near=0.8),
    )
    return ApprovedRetriever(inner, answers)


@pytest.fixture
async def pair(database: Database) -> Pair:
    put = Pair(
        id=uuid4(), questions=(QUESTION,), answer="So.", approved_by="Mia", approved_at=NOON
    )
    await PostgresApprovals(database).put(TENANT, [put])
    return put


async def test_the_approved_answer_is_found_while_the_documents_are_searched(
    database: Database, pair: Pair
) -> None:
    meeting = Meeting()

    async with asyncio.timeout(20):
        found = await retriever(database, meeting, meeting).retrieve(TENANT, QUESTION, ())

    assert found.approved is not None
    assert (found.approved.id, found.approved.wins) == (pair.id, True)
    assert replace(found, approved=None) == FOUND


async def test_an_approved_answer_is_found_where_there_are_no_documents(
    database: Database, pair: Pair
) -> None:
    meeting = Meeting()
    meeting.searching.set()
    nothing = ScriptedRetriever(findings(confidence=0.0))

    found = await retriever(database, nothing, meeting).retrieve(TENANT, QUESTION, ())

    assert found.approved is not None
    assert found.passages == ()


class Away(Retriever):
    async def retrieve(
        self, tenant: TenantId, question: str, questions_before: Sequence[str]
    ) -> Findings:
        raise StoreUnavailable


async def test_a_search_that_fails_fails_as_without_approved_answers(
    database: Database, pair: Pair
) -> None:
    with pytest.raises(StoreUnavailable):
        await retriever(database, Away(), Meeting()).retrieve(TENANT, QUESTION, ())
