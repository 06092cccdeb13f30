"""The desk at work, several at a time too."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from prometheus_client import CollectorRegistry

from core.domain.conversation import Agent, Bot, Queue
from core.domain.errors import RetryableError
from core.domain.ids import AgentId, CustomerId, TenantId
from core.domain.messages import Author, Channel
from core.postgres.bell import Bell, Ear
from handoff.life import Active, Expired, Offered, Queued, Wants, agent_in
from handoff.metrics import DeskMetrics
from handoff.moves import Accept, Close, Decline
from handoff.queue import Place
from handoff.rounds import Rounds
from tests.builders import TENANT
from tests.handoff.cast import ANN, BO, CAI
from tests.handoff.stage import WANTS, Stage


def a_desk(stage: Stage, ear: Ear, registry: CollectorRegistry | None = None) -> Rounds:
    return Rounds(
        handoffs=stage.another_process(),
        desks=stage.desks,
        practices=stage.practices,
        clock=stage.clock,
        ear=ear,
        metrics=DeskMetrics(registry or CollectorRegistry()),
        poll_s=0.02,
    )


@asynccontextmanager
async def at_work(desk: Rounds) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(desk.run())
        try:
            yield
        finally:
            desk.stop()


async def test_a_request_goes_to_a_free_agent_in_one_round(stage: Stage, bell: Bell) -> None:
    await stage.an_agent(ANN)
    handoff = await stage.a_request()

    await a_desk(stage, bell.ear("handoffs")).serve(TENANT)

    assert agent_in((await stage.handoffs.get(TENANT, handoff.id)).state) == ANN
    assert len(await stage.transcript(handoff.conversation)) == 1  # nobody had to wait


async def test_who_waits_hears_the_place_once(stage: Stage, bell: Bell) -> None:
    desk = a_desk(stage, bell.ear("handoffs"))
    await stage.an_agent(ANN, capacity=1)
    taken, waiting = await stage.a_request("1"), await stage.a_request("2")

    await desk.serve(TENANT)
    await desk.serve(TENANT)

    assert isinstance((await stage.handoffs.get(TENANT, taken.id)).state, Offered)
    assert (await stage.handoffs.get(TENANT, waiting.id)).state == Queued()
    texts = [message.text for message in await stage.transcript(waiting.conversation)]
    assert texts[1:] == ["You are number 1 in the queue."]


async def test_an_agent_whose_page_is_closed_is_not_asked_and_then_it_expires(
    stage: Stage, bell: Bell
) -> None:
    desk = a_desk(stage, bell.ear("handoffs"))
    await stage.an_agent(ANN)
    stage.clock.passed_s += 60
    handoff = await stage.a_request()

    await desk.serve(TENANT)
    waits = await stage.handoffs.get(TENANT, handoff.id)
    stage.clock.passed_s += 120
    await desk.serve(TENANT)

    assert waits.state == Queued()
    assert (await stage.handoffs.get(TENANT, handoff.id)).state == Expired()
    assert (await stage.now(handoff.conversation)).owner == Bot()
    last = (await stage.transcript(handoff.conversation))[-1]
    assert last.text.startswith("Nobody is free just now.")


async def test_out_of_hours_the_customer_hears_once_when_people_are_back(
    stage: Stage, bell: Bell
) -> None:
    desk = a_desk(stage, bell.ear("handoffs"))
    await stage.practices.put(TENANT, '[hours]\nzone = "Europe/Berlin"\ntuesday = ["09:00-17:00"]')
    await stage.an_agent(ANN)
    handoff = await stage.a_request()

    await desk.serve(TENANT)
    await desk.serve(TENANT)

    texts = [message.text for message in await stage.transcript(handoff.conversation)]
    assert len(texts) == 2
    assert "Tuesday, 2026-06-02, at 09:00" in texts[1]


async def test_a_customer_gets_the_agent_they_had_before(stage: Stage, bell: Bell) -> None:
    desk = a_desk(stage, bell.ear("handoffs"))
    await stage.an_agent(BO, "Bo")
    first = await stage.a_request("1")
    await desk.serve(TENANT)
    await stage.handoffs.move(TENANT, first.id, Accept(agent=BO, name="Bo"))
    await stage.handoffs.move(TENANT, first.id, Close(agent=BO, name="Bo"))
    await stage.an_agent(ANN)

    again = await stage.a_request("2")
    stranger = await stage.a_request("3", customer="another")
    await desk.serve(TENANT)

    assert agent_in((await stage.handoffs.get(TENANT, again.id)).state) == BO
    assert agent_in((await stage.handoffs.get(TENANT, stranger.id)).state) == ANN


async def test_what_was_declined_goes_to_another(stage: Stage, bell: Bell) -> None:
    desk = a_desk(stage, bell.ear("handoffs"))
    await stage.an_agent(ANN)
    handoff = await stage.a_request()
    await desk.serve(TENANT)
    await stage.an_agent(BO, "Bo")

    await stage.handoffs.move(TENANT, handoff.id, Decline(ANN))
    await desk.serve(TENANT)

    assert agent_in((await stage.handoffs.get(TENANT, handoff.id)).state) == BO


async def test_a_promise_without_a_place_in_the_queue_gets_one(stage: Stage, bell: Bell) -> None:
    opened = await stage.a_conversation()
    await stage.rows("UPDATE conversations SET owner = 'queue', epoch = 1")
    await stage.an_agent(ANN)

    await a_desk(stage, bell.ear("handoffs")).serve(TENANT)

    found = await stage.handoffs.open_in(TENANT, opened.id)
    assert found is not None
    assert agent_in(found.state) == ANN


async def test_a_handoff_that_its_conversation_went_on_without_ends(
    stage: Stage, bell: Bell
) -> None:
    handoff = await stage.a_request()
    await stage.rows("UPDATE conversations SET owner = 'bot', epoch = epoch + 1")

    await a_desk(stage, bell.ear("handoffs")).serve(TENANT)

    assert await stage.handoffs.open_in(TENANT, handoff.conversation) is None


async def test_several_desks_at_once_ask_nobody_twice_and_nobody_too_often(
    stage: Stage, bell: Bell
) -> None:
    desks = [a_desk(stage, bell.ear("handoffs")) for _ in range(3)]
    for agent in (ANN, BO, CAI):
        await stage.an_agent(agent, capacity=2)
    requests = [await stage.a_request(str(number)) for number in range(8)]

    for _ in range(3):
        await asyncio.gather(*(desk.serve(TENANT) for desk in desks))

    states = [(await stage.handoffs.get(TENANT, one.id)).state for one in requests]
    assert Counter(agent_in(state) for state in states if isinstance(state, Offered)) == {
        ANN: 2,
        BO: 2,
        CAI: 2,
    }
    assert states.count(Queued()) == 2
    moves = await stage.rows("SELECT sum(version) AS made FROM handoffs")
    assert moves[0]["made"] == 8 + 6  # each was admitted once, and six were offered once


async def test_a_desk_leaves_a_tenant_alone_that_another_serves(stage: Stage, bell: Bell) -> None:
    handoff = await stage.a_request()

    async with stage.desks.alone(TENANT) as alone:
        made = await a_desk(stage, bell.ear("handoffs")).serve(TENANT)

    assert alone
    assert made == ()
    assert await a_desk(stage, bell.ear("handoffs")).serve(TENANT)
    assert (await stage.handoffs.get(TENANT, handoff.id)).state == Queued()


async def test_a_slot_that_gets_free_is_used_within_a_second(stage: Stage, bell: Bell) -> None:
    registry = CollectorRegistry()
    await stage.an_agent(ANN, capacity=1)
    first, second = await stage.a_request("1"), await stage.a_request("2")

    async with at_work(a_desk(stage, bell.ear("handoffs"), registry)), asyncio.timeout(20):
        await until(stage, first.id, ANN)
        await stage.handoffs.move(TENANT, first.id, Accept(agent=ANN, name="Ann"))
        await stage.handoffs.move(TENANT, first.id, Close(agent=ANN, name="Ann"))
        async with asyncio.timeout(1):
            await until(stage, second.id, ANN)

    offers = registry.get_sample_value("switchboard_handoff_moves_total", {"move": "Offer"})
    assert offers == 2


async def test_all_tenants_are_served_in_each_round(stage: Stage, bell: Bell) -> None:
    names = [TenantId(f"shop-{number}") for number in range(6)]
    for name in names:
        await stage.rows("INSERT INTO tenants (id, name) VALUES ($1, $1)", name)
        opened = await stage.conversations.open(name, Channel.WEB, CustomerId("one"), "1")
        await stage.handoffs.request(name, opened.id, WANTS)

    async with at_work(a_desk(stage, bell.ear("handoffs"))), asyncio.timeout(20):
        while await stage.rows("SELECT FROM handoffs WHERE state = 'requested'"):
            await asyncio.sleep(0.01)


async def test_a_desk_goes_on_when_its_database_was_away(stage: Stage, bell: Bell) -> None:
    handoff = await stage.a_request()
    cut = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )

    async with at_work(a_desk(stage, bell.ear("handoffs"))), asyncio.timeout(30):
        await stage.rows(cut)
        asked = None
        while asked != ANN:
            with suppress(RetryableError):  # our own connections were cut, too
                await stage.an_agent(ANN)
                asked = agent_in((await stage.handoffs.get(TENANT, handoff.id)).state)


async def until(stage: Stage, handoff: object, agent: AgentId) -> None:
    while agent_in((await stage.handoffs.get(TENANT, handoff)).state) != agent:  # type: ignore[arg-type]
        await asyncio.sleep(0.01)


async def test_the_whole_talk_keeps_one_owner_and_one_order(stage: Stage, bell: Bell) -> None:
    desk = a_desk(stage, bell.ear("handoffs"))
    await stage.an_agent(ANN)
    handoff = await stage.a_request(wants=Wants(reason="asked", priority=1))
    queued = (await stage.now(handoff.conversation)).owner
    await desk.serve(TENANT)
    taken = await stage.handoffs.move(TENANT, handoff.id, Accept(agent=ANN, name="Ann"))
    await stage.handoffs.say(taken, ANN, "How can I help?", "c1")
    await stage.customer_says(handoff.conversation, "My tent leaks.")

    talk = await stage.transcript(handoff.conversation)

    assert (queued, taken.state) == (Queue(), Active(ANN))
    assert (await stage.now(handoff.conversation)).owner == Agent(ANN)
    assert [message.seq for message in talk] == [1, 2, 3, 4]
    assert [message.author for message in talk] == [
        Author.SYSTEM,
        Author.SYSTEM,
        Author.AGENT,
        Author.CUSTOMER,
    ]


async def test_a_customer_may_ask_for_the_place_at_any_time(stage: Stage, bell: Bell) -> None:
    first, second = await stage.a_request("1"), await stage.a_request("2")
    practice = await stage.practices.of(TENANT)

    before = await stage.desks.place(TENANT, second.id, practice)
    await stage.an_agent(ANN, capacity=1)
    await a_desk(stage, bell.ear("handoffs")).serve(TENANT)

    assert before == Place(position=2, wait_s=None)
    assert await stage.desks.place(TENANT, first.id, practice) is None
    assert await stage.desks.place(TENANT, second.id, practice) == Place(position=1, wait_s=None)


async def test_operators_see_how_many_wait_and_how_long(stage: Stage, bell: Bell) -> None:
    registry = CollectorRegistry()
    desk = a_desk(stage, bell.ear("handoffs"), registry)
    await stage.a_request("1")
    stage.clock.passed_s += 40
    await stage.a_request("2")

    await desk.serve(TENANT)

    assert registry.get_sample_value("switchboard_handoffs_waiting") == 2
    assert registry.get_sample_value("switchboard_handoffs_oldest_seconds") == 40
