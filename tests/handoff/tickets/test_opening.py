"""Tickets out of talks."""

import json
from uuid import uuid4

import pytest

from core.domain.customers import Profile
from core.domain.ids import ConversationId, HandoffId
from core.domain.tickets import Priority
from core.models.prompt import Prompt
from core.tickets.draft import PROMPTS
from handoff.connectors.wording import issue_of
from handoff.due import Due
from handoff.ports import TicketRequest
from handoff.postgres.ticket_list import Wanted
from handoff.postgres.tickets import PostgresTickets
from handoff.tickets.opening import Opening, Wish
from handoff.tickets.wanted import WANTED, WantedTickets
from tests.builders import TENANT
from tests.handoff.stage import Stage
from tests.handoff.tickets.kit import ANN, tickets_of


@pytest.fixture
def tickets(stage: Stage) -> PostgresTickets:
    return tickets_of(stage)


@pytest.fixture
def opening(stage: Stage, tickets: PostgresTickets) -> Opening:
    prompt = Prompt.load("ticket", PROMPTS)
    return Opening(tickets=tickets, transcript=stage.conversations, model=None, prompt=prompt)


async def a_talk(stage: Stage, address: str = "1") -> ConversationId:
    talk = await stage.a_conversation(address=address)
    await stage.customer_says(talk.id, "My kettle from order AB-123456 leaks at the lid.")
    await stage.customer_says(talk.id, "I have already descaled it and tried another lid.")
    return talk.id


async def test_a_ticket_says_what_the_talk_says(
    stage: Stage, tickets: PostgresTickets, opening: Opening
) -> None:
    talk = await a_talk(stage)

    ticket = await opening.from_talk(
        ANN, Wish(conversation=talk, origin="turn:1", category="repair")
    )

    assert "kettle" in ticket.says.title
    assert ticket.says.order_numbers == ("AB-123456",)
    assert (ticket.says.category, ticket.channel, ticket.customer) == ("repair", "web", "visitor")
    assert "number 1" in (await stage.transcript(talk))[-1].text


async def test_a_request_that_nobody_took_becomes_one_ticket_without_another_word(
    stage: Stage, tickets: PostgresTickets, opening: Opening
) -> None:
    talk = await a_talk(stage)
    request = TicketRequest(
        tenant=TENANT,
        handoff=HandoffId(uuid4()),
        conversation=talk,
        reason="asked for a person",
        team="repairs",
        language="en",
        contact="cy@example.com",
    )

    await opening.open(request)
    await opening.open(request)

    ticket = await tickets.numbered(TENANT, 1)
    assert (ticket.team, ticket.origin) == ("repairs", f"handoff:{request.handoff}")
    assert ticket.says.emails == ("cy@example.com",)
    assert len(await stage.transcript(talk)) == 2


async def test_the_same_matter_in_another_talk_is_found(
    stage: Stage, tickets: PostgresTickets, opening: Opening
) -> None:
    first = await a_talk(stage)
    ticket = await opening.from_talk(ANN, Wish(conversation=first, origin="turn:1"))
    again = await a_talk(stage, address="2")

    (found,) = await opening.duplicates(TENANT, again, await opening.draft(TENANT, again))

    assert found.ticket.id == ticket.id


async def test_a_ticket_that_a_turn_wants_is_opened_once_however_often_it_is_due(
    stage: Stage, tickets: PostgresTickets, opening: Opening
) -> None:
    talk, turn = await a_talk(stage), uuid4()
    payload = {"conversation": str(talk), "category": "repair"}
    due = Due(stage.jobs, {WANTED: WantedTickets(opening)})

    for _ in range(2):
        await stage.jobs.put(TENANT, WANTED, str(turn), stage.clock.now(), payload)
        assert await due.turn() == 1

    (ticket,) = await tickets.page(TENANT, Wanted())
    assert (ticket.turns, ticket.says.category, ticket.opened_by) == ((turn,), "repair", "bot")
    assert len(await stage.transcript(talk)) == 3


async def test_a_ticket_and_its_trackers_know_what_the_customer_is_called_by_now(
    stage: Stage, tickets: PostgresTickets, opening: Opening
) -> None:
    await stage.knows(Profile(name="Ada", email="ada@example.com"))
    talk = await a_talk(stage)

    ticket = await opening.from_talk(ANN, Wish(conversation=talk, origin="turn:1"))

    assert (ticket.customer_name, ticket.says.emails) == ("Ada", ("ada@example.com",))
    issue = issue_of(ticket, "marker")
    assert (issue.name, issue.email, issue.fields["customer"]) == ("Ada", "ada@example.com", "Ada")
    assert "Customer: Ada" in issue.text
    await stage.knows(Profile(name="Ada Byron"))
    (found,) = await tickets.page(TENANT, Wanted(search="byron"))
    assert found.customer_name == "Ada Byron"


async def test_who_was_furious_and_calmed_down_is_still_pressing(
    stage: Stage, tickets: PostgresTickets, opening: Opening
) -> None:
    talk = await a_talk(stage)
    async with stage.database.as_service() as connection:
        for level in (0.9, 0.2):
            await connection.execute(
                "INSERT INTO turns (id, tenant, conversation, covers, epoch, sent, decision,"
                " confidence, record) VALUES ($1, $2, $3, '{1}', 0, true, 'reply', 1, $4)",
                uuid4(),
                TENANT,
                talk,
                json.dumps({"frustration": level}),
            )

    calm = await opening.draft(TENANT, await a_talk(stage, address="2"))

    assert (await opening.draft(TENANT, talk)).priority is Priority.HIGH
    assert calm.priority is Priority.NORMAL
