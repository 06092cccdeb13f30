"""Tickets in the store: each change with all that follows from it, or not at all."""

import asyncio

import pytest

from core.domain.errors import ConversationNotFound
from core.domain.ids import ConversationId, TicketId
from core.telemetry.metrics import Metrics
from core.wire.envelope import decode_ticket
from handoff.desk import Desk
from handoff.errors import MoveRefused, TicketNotFound
from handoff.people.account import Actor
from handoff.postgres.ticket_list import Wanted
from handoff.postgres.tickets import PostgresTickets
from handoff.tickets.ticket import Changes, State
from tests.builders import TENANT
from tests.handoff.stage import OTHER, Stage
from tests.handoff.test_desk import an_event
from tests.handoff.tickets.kit import ANN, a_comment, a_draft, a_ticket, audit_of, tickets_of


@pytest.fixture
def tickets(stage: Stage) -> PostgresTickets:
    return tickets_of(stage)


async def heard(stage: Stage, conversation: ConversationId) -> list[str]:
    return [message.text for message in await stage.transcript(conversation)]


async def events(stage: Stage) -> list[tuple[str, str]]:
    rows = await stage.rows("SELECT value FROM outbox WHERE topic = 'events' ORDER BY id")
    return [(one.change, one.state) for one in (decode_ticket(row["value"]) for row in rows)]


async def test_a_ticket_keeps_its_draft_and_tells_the_customer_its_number(
    stage: Stage, tickets: PostgresTickets
) -> None:
    talk = await stage.a_conversation()

    opened = await tickets.open(ANN, a_ticket(talk.id))

    assert await tickets.get(TENANT, opened.id) == opened
    assert opened.says == a_draft()
    assert (opened.number, opened.state, opened.opened_by) == (1, State.NEW, "person:ann")
    assert "number 1" in (await heard(stage, talk.id))[0]
    assert await events(stage) == [("opened", "new")]
    assert {"outbox", "ticket_links"} <= {*stage.rung}


async def test_five_hundred_requests_of_one_origin_open_one_ticket(
    stage: Stage, tickets: PostgresTickets
) -> None:
    talk = await stage.a_conversation()

    opened = await asyncio.gather(*(tickets.open(ANN, a_ticket(talk.id)) for _ in range(500)))

    assert len({one.id for one in opened}) == 1
    assert len(await heard(stage, talk.id)) == 1
    assert (await stage.rows("SELECT last FROM ticket_numbers"))[0]["last"] == 1


async def test_a_whole_life_is_told_once_per_step(stage: Stage, tickets: PostgresTickets) -> None:
    talk = await stage.a_conversation()
    opened = await tickets.open(ANN, a_ticket(talk.id, told=True))

    for state in (State.OPEN, State.OPEN, State.PENDING, State.SOLVED, State.OPEN, State.SOLVED,
                  State.CLOSED):  # fmt: skip
        await tickets.move(ANN, opened.id, state)

    told = await heard(stage, talk.id)
    words = ("working", "waits", "solved", "open again", "solved")
    assert [word in text for word, text in zip(words, told, strict=True)] == [True] * 5
    assert (await tickets.get(TENANT, opened.id)).reopened == 1
    assert (await events(stage))[-1] == ("moved", "closed")
    verdict = await audit_of(stage).verify(TENANT)
    assert (verdict.entries, verdict.broken) == (7, ())


async def test_what_is_not_allowed_leaves_no_trace(stage: Stage, tickets: PostgresTickets) -> None:
    talk = await stage.a_conversation()
    opened = await tickets.open(ANN, a_ticket(talk.id))
    await tickets.move(ANN, opened.id, State.OPEN)
    before = (await heard(stage, talk.id), await events(stage))

    with pytest.raises(MoveRefused, match="cannot become new"):
        await tickets.move(ANN, opened.id, State.NEW)

    assert (await heard(stage, talk.id), await events(stage)) == before
    assert (await audit_of(stage).verify(TENANT)).entries == 2


async def test_the_customer_hears_public_comments_only_and_each_once(
    stage: Stage, tickets: PostgresTickets
) -> None:
    talk = await stage.a_conversation()
    opened = await tickets.open(ANN, a_ticket(talk.id, told=True))
    public = a_comment("The new lid is on its way.")

    for comment in (a_comment("He sounds angry.", public=False), public, public):
        await tickets.comment(ANN, opened.id, comment)

    assert await heard(stage, talk.id) == [
        "There is an answer to your request 1: The new lid is on its way."
    ]
    kept = await tickets.comments(TENANT, opened.id)
    assert sorted(one.public for one in kept) == [False, True]


async def test_fields_change_without_a_word(stage: Stage, tickets: PostgresTickets) -> None:
    talk = await stage.a_conversation()
    opened = await tickets.open(ANN, a_ticket(talk.id, told=True))

    after = await tickets.change(ANN, opened.id, Changes(priority="low", team="repairs"))

    assert (after.says.priority, after.team, after.says.title) == (
        "low",
        "repairs",
        "The kettle leaks",
    )
    assert await heard(stage, talk.id) == []
    (_, entry) = await audit_of(stage).entries(TENANT, 0, 10)
    assert (entry.actor, entry.act.act) == ("person:ann", "ticket.change")
    assert entry.act.detail == {"fields": "priority team"}


async def test_a_duplicate_points_to_an_older_ticket(
    stage: Stage, tickets: PostgresTickets
) -> None:
    first = await tickets.open(ANN, a_ticket(origin="a"))
    second = await tickets.open(ANN, a_ticket(origin="b"))

    assert (await tickets.duplicate(ANN, second.id, first.id)).duplicate_of == first.id
    with pytest.raises(MoveRefused):
        await tickets.duplicate(ANN, first.id, second.id)


async def test_pages_go_down_the_numbers(stage: Stage, tickets: PostgresTickets) -> None:
    for name in "abc":
        await tickets.open(ANN, a_ticket(origin=name))
    await tickets.move(ANN, (await tickets.numbered(TENANT, 2)).id, State.CLOSED)

    first = await tickets.page(TENANT, Wanted(limit=2))
    rest = await tickets.page(TENANT, Wanted(below=first[-1].number))
    new = await tickets.page(TENANT, Wanted(states=frozenset({State.NEW})))

    assert [[one.number for one in page] for page in (first, rest, new)] == [[3, 2], [1], [3, 1]]


async def test_another_tenant_sees_nothing(stage: Stage, tickets: PostgresTickets) -> None:
    talk = await stage.a_conversation()
    opened = await tickets.open(ANN, a_ticket(talk.id))
    stranger = Actor(tenant=OTHER, name="person:eve", may=frozenset())

    assert await tickets.page(OTHER, Wanted()) == []
    with pytest.raises(TicketNotFound):
        await tickets.move(stranger, opened.id, State.CLOSED)
    with pytest.raises(TicketNotFound):
        await tickets.get(TENANT, TicketId(talk.id))
    with pytest.raises(ConversationNotFound):
        await tickets.open(stranger, a_ticket(talk.id, origin="x"))


async def test_the_desk_hears_of_every_change(stage: Stage, tickets: PostgresTickets) -> None:
    opened = await tickets.open(ANN, a_ticket())
    await tickets.move(ANN, opened.id, State.CLOSED)
    metrics = Metrics()
    desk = Desk(metrics.events)

    for row in await stage.rows("SELECT value FROM outbox WHERE topic = 'events'"):
        await desk.take(an_event(row["value"]))

    counted = metrics.registry.get_sample_value
    assert counted("switchboard_events_total", {"type": "ticket.changed"}) == 2
