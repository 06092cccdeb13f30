"""Turns that say that a ticket is not solved after all."""

from dataclasses import dataclass

import pytest

from core.domain.decisions import HandOff, Reply, StaySilent
from core.domain.ids import EventId
from core.domain.messages import Arrival
from core.domain.turns import TurnRecord
from core.hooks.run import NO_HOOKS
from core.nlu.phrases import load_phrases
from core.policy.load import read
from core.postgres.database import Database
from core.turn.burst import Burst, Joining, Outdated
from core.turn.walk import Walk
from core.turn.weigh import Rules
from handoff.tickets.replies import TicketReplies
from handoff.tickets.ticket import State, Ticket
from tests.builders import TENANT, a_draft, a_passage, findings
from tests.fakes.understanding import LabelledUnderstander
from tests.fakes.walk import ScriptedRetriever, ScriptedWriter
from tests.handoff.stage import Stage
from tests.handoff.tickets.kit import ANN, a_ticket, tickets_of


@dataclass
class Solved:
    """A walk, and a customer who was told that their ticket is solved."""

    stage: Stage
    ticket: Ticket
    walk: Walk

    async def says(self, text: str) -> TurnRecord:
        talk = self.ticket.conversation
        assert talk is not None
        await self.stage.customer_says(talk, text)
        arrival = Arrival(tenant=TENANT, conversation=talk, event=EventId("any"))
        burst = Burst(self.walk.clock, Joining())
        record = None
        while record is None:
            try:
                record = await self.walk.take(arrival, burst)
            except Outdated:
                continue
        return record

    async def state(self) -> State:
        return (await tickets_of(self.stage).get(TENANT, self.ticket.id)).state

    async def heard(self) -> list[str]:
        assert self.ticket.conversation is not None
        said = await self.stage.transcript(self.ticket.conversation)
        return [one.text for one in said if one.seq > 2 and one.author != "customer"]


@pytest.fixture
async def solved(database: Database) -> Solved:
    stage = Stage(database)
    await stage.prepare()
    tickets = tickets_of(stage)
    ticket = await tickets.open(ANN, a_ticket((await stage.a_conversation()).id))
    walk = Walk(
        conversations=stage.conversations,
        understander=LabelledUnderstander(),
        retriever=ScriptedRetriever(findings(a_passage())),
        writer=ScriptedWriter("Parcels take ", "two days. [1]", a_draft()),
        live=stage.live,
        clock=stage.clock,
        phrases=load_phrases(company="Acme", bot="Ada"),
        rules=Rules(decline_below=0.5, history=20, policy=read()),
        hooks=NO_HOOKS,
        requests=TicketReplies(tickets, stage.practices, stage.clock),
    )
    return Solved(stage, await tickets.move(ANN, ticket.id, State.SOLVED), walk)


async def test_the_bot_leaves_it_to_the_ticket(solved: Solved) -> None:
    record = await solved.says("It still leaks.")

    assert isinstance(record.decision, StaySilent)
    assert await solved.heard() == ["Your request 1 is open again."]
    assert await solved.state() is State.OPEN


async def test_who_asks_for_a_person_gets_one_as_well(solved: Solved) -> None:
    record = await solved.says("#person\nIt is still not solved.")

    assert isinstance(record.decision, HandOff)
    assert (await solved.heard())[0] == "Your request 1 is open again."
    assert await solved.state() is State.OPEN


async def test_a_question_about_something_else_is_answered(solved: Solved) -> None:
    record = await solved.says("How long do parcels take?")

    assert isinstance(record.decision, Reply)
    assert await solved.state() is State.SOLVED


async def test_thanks_are_answered_as_ever(solved: Solved) -> None:
    record = await solved.says("#thanks")

    assert isinstance(record.decision, Reply)
    assert await solved.state() is State.SOLVED
