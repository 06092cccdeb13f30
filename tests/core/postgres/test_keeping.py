"""A keeper over the real store: what it writes is there at the next turn, whatever happens."""

import asyncio
from collections.abc import Sequence

import pytest

from core.domain.conversation import Conversation
from core.domain.memory import Memory
from core.domain.messages import Message
from core.memory.budget import Budget
from core.memory.extract import Extractive
from core.memory.keeper import Keeper
from core.memory.ports import Summariser, Summary
from core.memory.told import told
from core.memory.window import window
from core.models.counting import tokens
from core.postgres.customers import PostgresCustomers
from core.postgres.database import Database
from tests.builders import TENANT
from tests.core.postgres.remembering import Kit, amendment
from tests.fakes.clock import FakeClock

BUDGET = Budget(tokens=400)
ORDER = "My order is A-1234."


@pytest.fixture
async def kit(database: Database) -> Kit:
    made = Kit(database)
    await made.open()
    await made.say(ORDER)
    await chat(made, 12)
    return made


async def chat(kit: Kit, turns: int, first: int = 0) -> None:
    for turn in range(first, first + turns):
        await kit.say(f"What about thing number {turn} of the catalogue?", "It is blue. " * 8)


def a_keeper(kit: Kit, summariser: Summariser | None = None) -> Keeper:
    return Keeper(
        kit.memories,
        summariser or Extractive(tokens),
        FakeClock(),
        budget=BUDGET,
        count=tokens,
        keep=PostgresCustomers(kit.database).keep,
    )


class Slow(Summariser):
    """Waits until it is let go; says when it has begun."""

    def __init__(self) -> None:
        self.begun, self.gate = asyncio.Event(), asyncio.Event()

    async def summarise(
        self,
        memory: Memory,
        messages: Sequence[Message],
        conversation: Conversation,
        room: int,
    ) -> Summary:
        self.begun.set()
        await self.gate.wait()
        return Summary("Customer: hello", "slow")


async def test_what_was_said_long_ago_is_in_the_next_turns_prompt(kit: Kit) -> None:
    assert await a_keeper(kit).bring_up_to_date(TENANT, kit.id)

    context = await kit.store.load(TENANT, kit.id, 20)
    shown = window(context, BUDGET, tokens)
    assert context.memory.version >= 1
    assert ORDER in told(shown.memory)
    assert shown.messages[0].seq == context.memory.upto + 1


async def test_a_keeper_that_ends_loses_nothing_and_the_next_turn_writes(kit: Kit) -> None:
    slow = Slow()
    ending = a_keeper(kit, slow)
    task = asyncio.create_task(ending.run())
    ending.after(TENANT, kit.id, 25)
    await slow.begun.wait()
    ending.stop()
    await asyncio.wait_for(task, 10)

    shown = window(await kit.store.load(TENANT, kit.id, 20), BUDGET, tokens)
    assert ORDER in told(shown.memory)
    living = a_keeper(kit)
    running = asyncio.create_task(living.run())
    await chat(kit, 1, first=20)
    living.after(TENANT, kit.id, 27)
    async with asyncio.timeout(20):
        while not living.outcomes.written:
            await asyncio.sleep(0.01)
    living.stop()
    await running

    assert ORDER in told(await kit.memory())


async def test_of_two_workers_one_writes_a_version_and_the_other_leaves_it(kit: Kit) -> None:
    slow = Slow()
    late, soon = a_keeper(kit, slow), a_keeper(kit)
    waiting = asyncio.create_task(late.bring_up_to_date(TENANT, kit.id))
    await slow.begun.wait()

    assert await soon.bring_up_to_date(TENANT, kit.id)
    slow.gate.set()

    assert not await waiting
    assert late.outcomes.beaten == 1
    assert ORDER in told(await kit.memory())


async def test_words_that_were_edited_are_remembered_as_they_are_now(kit: Kit) -> None:
    keeper = a_keeper(kit)
    await keeper.bring_up_to_date(TENANT, kit.id)
    await kit.store.amend(amendment(kit, "My order is B-77."))
    assert "B-77" not in told(await kit.memory())

    await keeper.bring_up_to_date(TENANT, kit.id)

    remembered = told(await kit.memory())
    assert "My order is B-77." in remembered
    assert "A-1234" not in remembered


async def test_a_talk_that_ends_is_summarised_whole_and_the_next_one_is_fresh(kit: Kit) -> None:
    await a_keeper(kit).end(await kit.over(26))
    await kit.say("Hello, something else.")

    context = await kit.store.load(TENANT, kit.id, 20)
    assert [m.text for m in context.history] == ["Hello, something else.", "Yes."]
    assert ORDER not in told(window(context, BUDGET, tokens).memory)
    (recalled,) = await kit.memories.recall(TENANT, kit.id)
    assert ORDER in told(recalled)
    assert recalled.upto == 26
