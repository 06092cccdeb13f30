"""Words for an agent to begin with: only where the bot itself had ground for them."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from core.domain.answers import Approved, Findings
from core.domain.conversation import Conversation, TurnContext
from core.domain.ids import TurnId
from core.wire.turns import encode_record
from handoff.console.views import Suggestion
from handoff.postgres.briefs import PostgresBriefs
from handoff.postgres.inbox import PostgresInbox
from tests.builders import TENANT, a_passage, findings
from tests.handoff.real import record_of
from tests.handoff.stage import Stage

FLOOR = 0.3
NEAR = findings(a_passage("Parcels to Canada take two days."), confidence=FLOOR)
FAR = findings(a_passage("We need the signature of an adult."), confidence=0.29)
APPROVED = UUID(int=9)


class Talk:
    """A talk with the bot's turns in it, and what is suggested to whoever takes over."""

    def __init__(self, stage: Stage, opened: Conversation) -> None:
        self.stage = stage
        self.opened = opened

    async def found(self, what: Findings) -> None:
        """The bot searched, and found this."""
        self.stage.clock.passed_s += 1
        context = TurnContext(conversation=self.opened, history=(), waiting=())
        record = replace(record_of(context, None), id=TurnId(uuid4()), findings=what)
        async with self.stage.database.as_service() as connection:
            await connection.execute(
                "INSERT INTO turns (id, tenant, conversation, covers, epoch, sent, decision,"
                " confidence, record, at) VALUES ($1, $2, $3, '{1}', 0, true, 'decline', $4, $5,"
                " $6)",
                record.id, TENANT, self.opened.id, what.confidence, encode_record(record),
                self.stage.clock.now(),
            )  # fmt: skip

    async def suggested(self) -> Suggestion | None:
        (row,) = await PostgresInbox(self.stage.database).rows(TENANT, [self.opened.id])
        briefs = PostgresBriefs(self.stage.database, FLOOR)
        return (await briefs.of(TENANT, row, self.stage.clock.now())).suggestion


@pytest.fixture
async def talk(stage: Stage) -> Talk:
    opened = await stage.a_conversation()
    await stage.customer_says(opened.id, "My parcel to Canada is lost")
    return Talk(stage, opened)


async def test_a_passage_that_the_bot_would_have_answered_from_is_suggested(talk: Talk) -> None:
    await talk.found(NEAR)

    suggested = await talk.suggested()

    assert suggested is not None
    assert suggested.text == "Parcels to Canada take two days."
    assert suggested.origin == "passage"


async def test_a_passage_below_the_bot_s_own_bound_is_not_suggested(talk: Talk) -> None:
    await talk.found(FAR)

    assert await talk.suggested() is None


async def test_what_was_found_for_an_earlier_question_is_no_answer_to_a_later_one(
    talk: Talk,
) -> None:
    await talk.found(NEAR)
    await talk.found(FAR)

    assert await talk.suggested() is None


async def test_an_approved_answer_is_suggested_while_it_is_good(talk: Talk) -> None:
    near = Approved(
        id=APPROVED, question="Lost?", answer="We send another.", likeness=0.7, wins=False
    )
    await talk.found(replace(FAR, approved=near))
    now = talk.stage.clock.now()
    async with talk.stage.database.as_service() as connection:
        await connection.execute(
            "INSERT INTO approved_answers (tenant, id, answer, approved_by, approved_at,"
            " expires_at) VALUES ($1, $2, 'We send another.', 'Lea', $3, $4)",
            TENANT, APPROVED, now, now + timedelta(seconds=60),
        )  # fmt: skip

    suggested = await talk.suggested()
    talk.stage.clock.passed_s += 61

    assert suggested == Suggestion(text="We send another.", sources=[], origin="approved")
    assert await talk.suggested() is None
