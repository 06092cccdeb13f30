"""Each step is one transaction, with what the customer hears of it."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from core.domain.conversation import Agent, Bot, Queue
from core.domain.errors import ConversationNotFound
from core.domain.events import HandoffMoved, HandoffRequested, OwnerChanged
from core.domain.ids import ConversationId, HandoffId
from core.domain.messages import Author
from core.wire.envelope import decode_event
from handoff.errors import HandoffNotFound, MoveRefused
from handoff.life import Active, Handoff, Move, Offered, Queued, Requested, Wants, WrappedUp
from handoff.moves import (
    Accept,
    Admit,
    AgentGone,
    Claim,
    Close,
    NobodyFree,
    Offer,
    Return,
    TakeBack,
    ToTeam,
)
from tests.builders import TENANT
from tests.handoff.cast import ANN, BO
from tests.handoff.stage import OTHER, WANTS, Stage

TAKE = Claim(agent=ANN, name="Ann")


async def through(stage: Stage, handoff: Handoff, *moves: Move) -> Handoff:
    for move in moves:
        handoff = await stage.handoffs.move(TENANT, handoff.id, move)
    return handoff


async def test_a_request_queues_the_conversation_and_says_so(stage: Stage) -> None:
    opened = await stage.a_conversation()

    handoff = await stage.handoffs.request(TENANT, opened.id, WANTS)

    after = await stage.now(opened.id)
    (said,) = await stage.transcript(opened.id)
    assert (after.owner, after.epoch, handoff.epoch) == (Queue(), 1, 1)
    assert handoff.state == Requested()
    assert (said.author, said.text.split(".")[0]) == (
        Author.SYSTEM,
        "I am connecting you with a person",
    )
    assert await stage.handoffs.open_in(TENANT, opened.id) == handoff


async def test_what_is_said_is_queued_for_delivery_and_the_events_for_the_desk(
    stage: Stage,
) -> None:
    handoff = await stage.a_request()
    await through(stage, handoff, Admit(position=2), TAKE)

    rows = await stage.rows("SELECT topic, headers, value FROM outbox ORDER BY id")

    told = [row["headers"] for row in rows if row["topic"] == "outbound"]
    events = [decode_event(row["value"]) for row in rows if row["topic"] == "events"]
    assert told == ['{"seq": "1"}', '{"seq": "2"}', '{"seq": "3"}']
    assert [type(event) for event in events] == [HandoffRequested, HandoffMoved, HandoffMoved]
    assert [event.state for event in events[1:]] == ["queued", "active"]
    assert {"outbox", "handoffs"} <= set(stage.rung)


async def test_a_second_request_is_refused(stage: Stage) -> None:
    handoff = await stage.a_request()

    with pytest.raises(MoveRefused, match="asked for already"):
        await stage.handoffs.request(TENANT, handoff.conversation, WANTS)


async def test_the_life_of_a_handoff_is_told_in_the_customer_s_language(stage: Stage) -> None:
    handoff = await stage.a_request(wants=Wants(reason="asked", language="de"))

    after = await through(
        stage,
        handoff,
        Admit(position=3, wait_s=240),
        TAKE,
        ToTeam(agent=ANN, name="Ann", team="billing"),
        Claim(agent=BO, name="Bo"),
        Close(agent=BO, name="Bo"),
    )

    texts = [message.text for message in await stage.transcript(handoff.conversation)]
    assert texts[1:] == [
        "Sie sind Nummer 3 in der Warteschlange. Das dauert zurzeit etwa 4 min.",
        "Ann ist jetzt da.",
        "Ann gibt Sie an billing weiter.",
        "Bo ist jetzt da.",
        "Bo hat das Gespräch beendet. Wenn Sie wieder schreiben,"
        " antwortet der automatische Assistent.",
    ]
    assert after.state == WrappedUp(BO)
    assert (await stage.now(handoff.conversation)).owner == Bot()
    assert await stage.handoffs.open_in(TENANT, handoff.conversation) is None


async def test_every_change_of_owner_raises_the_epoch_and_is_told_at_once(stage: Stage) -> None:
    handoff = await stage.a_request()

    async with stage.live.listen(handoff.conversation) as listening:
        await through(stage, handoff, Admit(position=None), TAKE, AgentGone(ANN), TakeBack())
        told = [await listening.next(0.1) for _ in range(7)]

    changes = [event for event in told if isinstance(event, OwnerChanged)]
    assert [(event.owner, event.epoch) for event in changes] == [
        (Agent(ANN), 2),
        (Queue(), 3),
        (Bot(), 4),
    ]
    assert (await stage.now(handoff.conversation)).epoch == 4


async def test_an_offer_keeps_its_time(stage: Stage) -> None:
    until = stage.clock.now() + timedelta(seconds=60)
    handoff = await stage.a_request()

    after = await through(stage, handoff, Admit(position=None), Offer(agent=ANN, until=until))

    assert after.state == Offered(agent=ANN, until=until)
    assert await stage.handoffs.get(TENANT, handoff.id) == after


async def test_of_two_agents_who_take_it_at_once_one_has_it(stage: Stage) -> None:
    handoff = await stage.a_request()
    others = stage.another_process()

    results = await asyncio.gather(
        stage.handoffs.move(TENANT, handoff.id, TAKE),
        others.move(TENANT, handoff.id, Claim(agent=BO, name="Bo")),
        return_exceptions=True,
    )

    refused = [one for one in results if isinstance(one, MoveRefused)]
    (taken,) = (one for one in results if isinstance(one, Handoff))
    assert [str(one) for one in refused] == ["Another agent has taken it."]
    assert len(await stage.transcript(handoff.conversation)) == 2
    assert (await stage.now(handoff.conversation)).owner == taken.owner


async def test_a_step_from_a_state_that_is_over_changes_nothing(stage: Stage) -> None:
    seen = await stage.a_request()
    await through(stage, seen, Admit(position=1))

    assert await stage.handoffs.apply(seen, TAKE) is None

    assert (await stage.handoffs.get(TENANT, seen.id)).state == Queued()
    assert len(await stage.transcript(seen.conversation)) == 2


async def test_a_conversation_that_went_on_without_its_handoff_is_left_alone(
    stage: Stage,
) -> None:
    handoff = await stage.a_request()
    await stage.rows(
        "UPDATE conversations SET owner = 'bot', epoch = epoch + 1 WHERE id = $1",
        handoff.conversation,
    )

    with pytest.raises(MoveRefused, match="moved on"):
        await stage.handoffs.move(TENANT, handoff.id, TAKE)

    assert (await stage.now(handoff.conversation)).owner == Bot()


async def test_only_who_has_the_talk_can_say_something_in_it(stage: Stage) -> None:
    handoff = await through(stage, await stage.a_request(), TAKE)

    seq = await stage.handoffs.say(handoff, ANN, "How can I help?", "c1")
    again = await stage.handoffs.say(handoff, ANN, "How can I help?", "c1")
    with pytest.raises(MoveRefused, match="not yours"):
        await stage.handoffs.say(handoff, BO, "Me, too!", "c1")

    said = await stage.transcript(handoff.conversation)
    assert seq == again == 3
    assert [(message.seq, message.author, message.text) for message in said[2:]] == [
        (3, Author.AGENT, "How can I help?")
    ]


async def test_words_of_an_agent_who_gave_it_back_meanwhile_are_not_sent(stage: Stage) -> None:
    handoff = await through(stage, await stage.a_request(), TAKE)
    await through(stage, handoff, Return(agent=ANN, name="Ann"))

    with pytest.raises(MoveRefused, match="was not sent"):
        await stage.handoffs.say(handoff, ANN, "One moment", "c1")

    assert len(await stage.transcript(handoff.conversation)) == 3


async def test_after_its_end_the_bot_begins_anew_and_a_person_can_be_asked_for_again(
    stage: Stage,
) -> None:
    handoff = await through(stage, await stage.a_request(), TAKE)
    await stage.rows(
        "UPDATE conversations SET frustration = 1, unknowns = 3, offers = 2 WHERE id = $1",
        handoff.conversation,
    )

    await through(stage, handoff, Close(agent=ANN, name="Ann"))

    mood = (await stage.now(handoff.conversation)).mood
    assert (mood.frustration, mood.unknowns, mood.offers) == (0, 0, 0)
    assert (await stage.handoffs.request(TENANT, handoff.conversation, WANTS)).epoch == 4


async def test_what_nobody_takes_becomes_a_ticket_with_the_same_step(stage: Stage) -> None:
    handoff = await through(stage, await stage.a_request(), NobodyFree())

    (job,) = await stage.jobs.claim(10, 30, ["ticket"])

    assert (job.kind, job.key) == ("ticket", str(handoff.id))


async def test_a_customer_may_say_once_where_the_answer_is_to_go(stage: Stage) -> None:
    handoff = await stage.a_request()
    before = await stage.handoffs.untaken(TENANT, handoff.conversation)
    await through(stage, handoff, NobodyFree())
    asked = await stage.handoffs.untaken(TENANT, handoff.conversation)

    await stage.handoffs.choose(TENANT, handoff.id, "visitor@example.com")
    with pytest.raises(MoveRefused):
        await stage.handoffs.choose(TENANT, handoff.id, "other@example.com")

    assert (before, asked) == (None, (handoff.id, None))
    told = await stage.handoffs.untaken(TENANT, handoff.conversation)
    assert told == (handoff.id, "visitor@example.com")
    assert (await stage.handoffs.get(TENANT, handoff.id)).contact == "visitor@example.com"
    last = (await stage.transcript(handoff.conversation))[-1]
    assert (last.seq, last.text) == (3, "You will get the answer at visitor@example.com.")


async def test_nothing_of_another_tenant_is_seen_or_moved(stage: Stage) -> None:
    handoff = await stage.a_request()

    with pytest.raises(HandoffNotFound):
        await stage.handoffs.get(OTHER, handoff.id)
    with pytest.raises(HandoffNotFound):
        await stage.handoffs.move(OTHER, handoff.id, TAKE)
    with pytest.raises(ConversationNotFound):
        await stage.handoffs.request(OTHER, handoff.conversation, WANTS)
    assert await stage.handoffs.open_in(OTHER, handoff.conversation) is None


async def test_what_does_not_exist_is_not_found(stage: Stage) -> None:
    with pytest.raises(HandoffNotFound):
        await stage.handoffs.get(TENANT, HandoffId(uuid4()))
    with pytest.raises(HandoffNotFound):
        await stage.handoffs.choose(TENANT, HandoffId(uuid4()), "x")
    with pytest.raises(ConversationNotFound):
        await stage.handoffs.request(TENANT, ConversationId(uuid4()), WANTS)


async def test_a_taken_one_is_active(stage: Stage) -> None:
    until = stage.clock.now() + timedelta(seconds=60)
    handoff = await stage.a_request()

    after = await through(
        stage,
        handoff,
        Admit(position=None),
        Offer(agent=ANN, until=until),
        Accept(agent=ANN, name="Ann"),
    )

    assert after.state == Active(ANN)
    rows = await stage.rows("SELECT taken_at, until, agent FROM handoffs")
    assert [(row["taken_at"], row["until"], row["agent"]) for row in rows] == [
        (stage.clock.now(), None, ANN)
    ]
