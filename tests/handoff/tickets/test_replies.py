"""What customers write again about tickets."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.domain.conversation import TurnContext
from core.domain.ids import ConversationId
from core.domain.understanding import Intent, Judged, Understanding
from handoff.tickets.replies import TicketReplies
from handoff.tickets.ticket import State, Ticket
from tests.builders import TENANT
from tests.handoff.stage import Stage
from tests.handoff.tickets.kit import ANN, a_ticket, tickets_of

ASKS = Understanding(language=Judged("en", 1.0), intent=Judged(Intent.QUESTION, 1.0))
THANKS = replace(ASKS, intent=Judged(Intent.THANKS, 1.0))
NOT_SOLVED = "It is not solved."


class Talk:
    """A customer whose ticket is solved, and who was told so."""

    def __init__(self, stage: Stage, conversation: ConversationId) -> None:
        self.stage = stage
        self.id = conversation
        self.tickets = tickets_of(stage)
        self.replies = TicketReplies(self.tickets, stage.practices, stage.clock)

    async def solved(self, origin: str = "turn:1") -> Ticket:
        ticket = await self.tickets.open(ANN, a_ticket(self.id, origin=origin))
        return await self.tickets.move(ANN, ticket.id, State.SOLVED)

    async def context(self) -> TurnContext:
        return await self.stage.conversations.load(TENANT, self.id, 20)

    async def says(self, text: str, understanding: Understanding = ASKS) -> bool:
        await self.stage.customer_says(self.id, text)
        return await self.replies.heard(await self.context(), understanding)

    async def of(self, ticket: Ticket) -> Ticket:
        return await self.tickets.get(TENANT, ticket.id)

    async def comments(self, ticket: Ticket) -> list[tuple[str, str]]:
        found = await self.tickets.comments(TENANT, ticket.id)
        return [(one.author, one.text) for one in found]

    async def heard(self) -> list[str]:
        said = await self.stage.transcript(self.id)
        return [one.text for one in said if one.author == "system"]


@pytest.fixture
async def talk(stage: Stage) -> Talk:
    return Talk(stage, (await stage.a_conversation()).id)


async def test_a_reply_to_the_notice_opens_the_ticket_again_and_the_customer_hears_so(
    talk: Talk,
) -> None:
    ticket = await talk.solved()

    assert await talk.says(NOT_SOLVED)

    after = await talk.of(ticket)
    assert (after.state, after.reopened) == (State.OPEN, 1)
    assert await talk.comments(ticket) == [("customer", NOT_SOLVED)]
    assert (await talk.heard())[-1] == "Your request 1 is open again."


async def test_a_turn_that_is_begun_anew_opens_it_once_with_all_that_was_said(
    talk: Talk,
) -> None:
    ticket = await talk.solved()
    assert await talk.says(NOT_SOLVED)
    heard = await talk.heard()

    assert await talk.replies.heard(await talk.context(), ASKS)
    assert await talk.says("The lid still leaks.")

    assert (await talk.of(ticket)).reopened == 1
    assert await talk.heard() == heard
    assert [text for _, text in await talk.comments(ticket)] == [
        NOT_SOLVED,
        "The lid still leaks.",
    ]


async def test_words_that_opened_it_do_not_open_it_when_it_is_solved_again(talk: Talk) -> None:
    ticket = await talk.solved()
    assert await talk.says(NOT_SOLVED)
    await talk.tickets.move(ANN, ticket.id, State.SOLVED)

    assert await talk.replies.heard(await talk.context(), ASKS)

    assert (await talk.of(ticket)).state is State.SOLVED


async def test_thanks_leave_it_solved(talk: Talk) -> None:
    ticket = await talk.solved()

    assert not await talk.says("Thank you so much!", THANKS)

    assert (await talk.of(ticket)).state is State.SOLVED
    assert await talk.comments(ticket) == []


async def test_of_two_the_one_that_is_named_is_opened(talk: Talk) -> None:
    first, second = await talk.solved(), await talk.solved("turn:2")

    assert await talk.says("Request 1 is not solved")

    assert (await talk.of(first)).state is State.OPEN
    assert (await talk.of(second)).state is State.SOLVED


async def test_it_stays_done_when_the_days_are_over(talk: Talk) -> None:
    ticket = await talk.solved()
    talk.stage.clock.passed_s += timedelta(days=7, seconds=1).total_seconds()

    assert not await talk.says(NOT_SOLVED)

    assert (await talk.of(ticket)).state is State.SOLVED


async def test_a_tenant_may_want_none_opened(talk: Talk) -> None:
    await talk.stage.practices.put(TENANT, '[tickets]\nreopen_s = "never"')
    ticket = await talk.solved()

    assert not await talk.says(NOT_SOLVED)

    assert (await talk.of(ticket)).state is State.SOLVED


async def test_what_an_agent_hears_opens_nothing(talk: Talk) -> None:
    ticket = await talk.solved()
    await talk.stage.a_request()

    assert not await talk.says(NOT_SOLVED)

    assert (await talk.of(ticket)).state is State.SOLVED


async def test_replies_while_it_is_open_are_comments_where_that_is_wanted(talk: Talk) -> None:
    ticket = await talk.tickets.open(ANN, a_ticket(talk.id))
    assert not await talk.says("It is the red one.")
    assert await talk.comments(ticket) == []
    await talk.stage.practices.put(TENANT, "[tickets]\nadd_replies = true")

    assert not await talk.says("And quite old.")
    assert not await talk.replies.heard(await talk.context(), ASKS)

    assert sorted(await talk.comments(ticket)) == [
        ("customer", "And quite old."),
        ("customer", "It is the red one."),
    ]
    assert len(await talk.heard()) == 1


async def test_no_other_tenants_ticket_is_seen(talk: Talk) -> None:
    await talk.solved()
    other = await talk.stage.a_conversation(address="2", customer="bo")

    assert not await Talk(talk.stage, other.id).says(NOT_SOLVED)
