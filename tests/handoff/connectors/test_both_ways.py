"""What comes back beside states, and what must not go there."""

from collections.abc import AsyncIterator

import pytest

from core.sealing import Seal, new_key
from handoff.connectors.calling import Caller
from handoff.tickets.ticket import State
from tests.builders import TENANT
from tests.handoff.connectors.kit import TRACKERS, Desk
from tests.handoff.stage import OTHER, Stage
from tests.handoff.tickets.kit import ANN, a_comment

ANSWERING = ["jira-cloud", "jira-server", "zendesk", "github", "zammad"]


@pytest.fixture(params=ANSWERING)
async def desk(request: pytest.FixtureRequest, stage: Stage) -> AsyncIterator[Desk]:
    async with TRACKERS[request.param]().open() as tracker, Caller() as caller:
        yield Desk(stage, tracker, caller)


async def test_an_answer_over_there_is_in_the_chat_once_and_our_own_never(desk: Desk) -> None:
    await desk.connect()
    talk = await desk.stage.a_conversation()
    ticket = await desk.opened(talk.id)
    await desk.do()
    (issue,) = desk.tracker.issues.values()

    await desk.tickets.comment(ANN, ticket.id, a_comment("Which colour is it?"))
    await desk.do()
    desk.tracker.answer(issue, "The lid is in stock again.")
    await desk.do(after_s=301)
    await desk.do(after_s=301)

    said = [text.partition(": ")[2] for text in await desk.heard(talk.id)]
    assert said == ["Which colour is it?", "The lid is in stock again."]
    assert len(issue.comments) == 2


async def test_internal_comments_are_not_public_there(desk: Desk) -> None:
    await desk.connect()
    ticket = await desk.opened()
    await desk.do()

    await desk.tickets.comment(ANN, ticket.id, a_comment("He sounds angry.", public=False))
    await desk.do()

    (issue,) = desk.tracker.issues.values()
    assert [one for one in issue.comments if one.get("public", one.get("jsdPublic"))] == []
    assert not (await desk.place(ticket)).waiting


async def test_two_trackers_of_one_ticket_agree(desk: Desk) -> None:
    async with TRACKERS["zammad"]().open() as second:
        await desk.connect()
        ticket = await desk.opened()
        await desk.do()
        assert second.issues == {}
        both = Desk(desk.stage, second, desk.caller)
        both.connectors = desk.connectors
        other = await desk.connectors.keep(
            ANN, "second", second.mapping(), (await desk.connectors.everyone(TENANT))[0].secrets
        )
        newer = await desk.opened_as("turn:2")
        await desk.do()
        second.set_state(next(iter(second.issues.values())), done=True)
        await desk.do(after_s=301)
        await desk.do()

    assert other.name == "second"
    assert (await desk.tickets.get(TENANT, newer.id)).state is State.CLOSED
    assert (await desk.tickets.get(TENANT, ticket.id)).state is State.NEW
    done = [desk.tracker.is_done(one) for one in desk.tracker.issues.values()]
    assert done == [False, True]


async def test_a_tracker_gets_its_categories_only_and_what_is_sent_there_by_hand(
    desk: Desk,
) -> None:
    await desk.connect(
        desk.tracker.mapping().replace("[project]", 'categories = ["x"]\n[project]')
    )

    ticket = await desk.opened()
    await desk.do()

    assert desk.tracker.issues == {}
    assert await desk.connectors.everyone(OTHER) == []
    assert await desk.tickets.send(ANN, ticket.id, "there")
    assert not await desk.tickets.send(ANN, ticket.id, "there")
    assert not await desk.tickets.send(ANN, ticket.id, "nowhere")
    await desk.do()
    assert len(desk.tracker.issues) == 1


async def test_a_tracker_that_fails_is_left_alone_and_the_others_are_not(desk: Desk) -> None:
    await desk.connect()
    for number in range(40):
        await desk.opened_as(f"turn:{number}")
    desk.tracker.down = True

    await desk.do()
    tried = len(desk.tracker.asked)
    desk.tracker.down = False
    for _ in range(8):
        await desk.do(after_s=60)

    assert tried < 40
    assert len(desk.tracker.issues) == 40


async def test_a_key_that_is_gone_is_told_to_operators_and_stops_nobody(desk: Desk) -> None:
    await desk.connect()
    ticket = await desk.opened()
    lost = desk.connectors
    desk.connectors = desk.connectors_with(Seal([new_key()]))
    desk.work = desk.another_process()

    await desk.do()
    trouble = (await desk.place(ticket)).trouble
    desk.connectors = lost
    desk.work = desk.another_process()
    await desk.do(after_s=901)

    assert "cannot be read" in trouble
    assert len(desk.tracker.issues) == 1
