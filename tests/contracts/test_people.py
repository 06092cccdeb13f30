"""Who takes care of a customer, and the way back to the bot, on the embedded Postgres."""

import asyncio
from datetime import UTC, datetime

import pytest

from core.domain.care import BY_BOT, Awaited, ByPerson, Later
from core.domain.conversation import Agent, Bot
from core.domain.errors import PersonHere
from core.domain.ids import AgentId
from core.domain.messages import BotInstead, HowWasIt
from handoff.errors import MoveRefused
from handoff.life import Abandoned, Active, Handoff
from handoff.moves import Admit, Claim, Close, OutOfHours, Return
from handoff.postgres.care import PostgresCare
from tests.builders import TENANT
from tests.handoff.cast import ANN, BO
from tests.handoff.stage import OTHER, Stage

TAKE = Claim(agent=ANN, name="Ann")


@pytest.fixture
async def stage(database) -> Stage:
    made = Stage(database)
    await made.prepare()
    return made


@pytest.fixture
def people(stage: Stage) -> PostgresCare:
    return PostgresCare(
        stage.database,
        stage.clock,
        handoffs=stage.handoffs,
        desks=stage.desks,
        practices=stage.practices,
        keep_s=1,
    )


async def waiting(stage: Stage, address: str) -> Handoff:
    handoff = await stage.a_request(address=address)
    await stage.clock.sleep(1)
    return await stage.handoffs.move(TENANT, handoff.id, Admit(position=None))


async def test_a_place_in_the_queue_moves_when_others_leave_it(
    stage: Stage, people: PostgresCare
) -> None:
    first, second = await waiting(stage, "1"), await waiting(stage, "2")
    before = await people.care(TENANT, second.conversation)

    await people.bot_instead(TENANT, first.conversation)
    await stage.clock.sleep(2)

    assert before == Awaited(position=2)
    assert await people.care(TENANT, second.conversation) == Awaited(position=1)
    assert await people.care(TENANT, first.conversation) == BY_BOT


async def test_the_wait_is_told_from_enough_talks(stage: Stage, people: PostgresCare) -> None:
    for number in range(5):
        one = await waiting(stage, f"begun {number}")
        await stage.handoffs.move(TENANT, one.id, TAKE)
    handoff = await waiting(stage, "1")

    assert await people.care(TENANT, handoff.conversation) == Awaited(position=1, wait_s=360)


async def test_who_talks_is_told_by_the_name_that_customers_read(
    stage: Stage, people: PostgresCare
) -> None:
    await stage.an_agent(ANN, "Ann of Fellmarten")
    handoff = await waiting(stage, "1")
    await stage.handoffs.move(TENANT, handoff.id, TAKE)

    assert await people.care(TENANT, handoff.conversation) == ByPerson("Ann of Fellmarten")


async def test_out_of_hours_it_is_told_when_people_are_back_until_they_are(
    stage: Stage, people: PostgresCare
) -> None:
    tuesday = datetime(2026, 6, 2, 9, tzinfo=UTC)
    await stage.practices.put(TENANT, '[hours]\nzone = "UTC"\ntuesday = ["09:00-17:00"]\n')
    handoff = await stage.a_request()
    await stage.handoffs.move(TENANT, handoff.id, OutOfHours(tuesday))
    then = await people.care(TENANT, handoff.conversation)

    await stage.clock.sleep((tuesday - stage.clock.now()).total_seconds())

    assert then == Later(tuesday)
    assert await people.care(TENANT, handoff.conversation) == BY_BOT


async def test_taking_back_is_one_step_with_words_and_epoch(
    stage: Stage, people: PostgresCare
) -> None:
    handoff = await waiting(stage, "1")

    assert await people.bot_instead(TENANT, handoff.conversation, handoff.id)

    after = await stage.now(handoff.conversation)
    promise, *_, said = await stage.transcript(handoff.conversation)
    ended = await stage.handoffs.get(TENANT, handoff.id)
    assert (after.owner, after.epoch, ended.state) == (Bot(), handoff.epoch + 1, Abandoned())
    assert promise.choice == BotInstead(handoff.id)
    assert said.text.startswith("You are no longer in the queue")
    assert not await people.bot_instead(TENANT, handoff.conversation, handoff.id)


async def test_a_button_of_an_earlier_request_does_nothing_to_a_later_one(
    stage: Stage, people: PostgresCare
) -> None:
    earlier = await waiting(stage, "1")
    await people.bot_instead(TENANT, earlier.conversation)
    later = await waiting(stage, "1")

    assert not await people.bot_instead(TENANT, later.conversation, earlier.id)
    assert await people.care(TENANT, later.conversation) == Awaited(position=1)


async def test_what_a_person_has_cannot_be_taken_back(stage: Stage, people: PostgresCare) -> None:
    handoff = await waiting(stage, "1")
    await stage.handoffs.move(TENANT, handoff.id, TAKE)

    with pytest.raises(PersonHere):
        await people.bot_instead(TENANT, handoff.conversation)

    assert (await stage.now(handoff.conversation)).owner == Agent(ANN)


async def test_of_a_customer_who_takes_it_back_and_agents_who_take_it_one_is_first(
    stage: Stage, people: PostgresCare
) -> None:
    for number in range(12):
        handoff = await waiting(stage, f"race {number}")
        taken = (
            stage.another_process().move(TENANT, handoff.id, Claim(agent=agent, name=name))
            for agent, name in ((ANN, "Ann"), (BO, "Bo"))
        )
        back, *took = await asyncio.gather(
            people.bot_instead(TENANT, handoff.conversation), *taken, return_exceptions=True
        )
        told = [message.text for message in await stage.transcript(handoff.conversation)]
        after = await stage.handoffs.get(TENANT, handoff.id)
        won = [one for one in took if not isinstance(one, BaseException)]
        if back is True:
            assert after.state == Abandoned()
            assert all(isinstance(one, MoveRefused) for one in took)
        else:
            assert isinstance(back, PersonHere)
            assert isinstance(after.state, Active)
            assert len(won) == 1
        assert len(told) == 2  # the promise, and how it came out: once


async def test_another_tenants_customer_is_nobodys(stage: Stage, people: PostgresCare) -> None:
    handoff = await waiting(stage, "1")

    assert await people.care(OTHER, handoff.conversation) == BY_BOT
    assert not await people.bot_instead(OTHER, handoff.conversation)
    assert await people.care(TENANT, handoff.conversation) == Awaited(position=1)


@pytest.mark.parametrize("end", [Close(agent=ANN, name="Ann"), Return(agent=ANN, name="Ann")])
async def test_who_talked_is_asked_about_once(stage: Stage, end) -> None:
    handoff = await talked(stage, "1")

    await stage.handoffs.move(TENANT, handoff.id, end)

    *_, asked = await stage.transcript(handoff.conversation)
    assert (asked.text, asked.choice) == ("How was the talk with Ann?", HowWasIt(handoff.id))
    rows = await stage.rows("SELECT handoff, agent, thumb FROM handoff_ratings")
    assert [tuple(row) for row in rows] == [(handoff.id, AgentId(ANN), None)]


@pytest.mark.parametrize("practice", ["", '[rating]\nopen_s = "never"\n'])
async def test_nobody_is_asked_about_a_talk_without_words_or_where_it_is_not_wanted(
    stage: Stage, practice: str
) -> None:
    await stage.practices.put(TENANT, practice)
    handoff = await talked(stage, "1") if practice else await waiting(stage, "1")
    if not practice:
        await stage.handoffs.move(TENANT, handoff.id, TAKE)

    await stage.handoffs.move(TENANT, handoff.id, Close(agent=ANN, name="Ann"))

    *_, last = await stage.transcript(handoff.conversation)
    assert last.choice is None
    assert await stage.rows("SELECT FROM handoff_ratings") == []


async def talked(stage: Stage, address: str) -> Handoff:
    handoff = await waiting(stage, address)
    handoff = await stage.handoffs.move(TENANT, handoff.id, TAKE)
    await stage.handoffs.say(handoff, ANN, "I have looked into it.", "1")
    return handoff
