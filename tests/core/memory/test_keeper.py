"""Memories are brought up to date beside the turns, by whoever comes first."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import StoreUnavailable
from core.domain.memory import Kind
from core.memory.budget import Budget
from core.memory.extract import Extractive
from core.memory.keeper import Keeper, Pace
from core.memory.told import told
from core.memory.window import size, window
from core.models.counting import tokens
from tests.core.memory.talks import AGENT, BOT, CUSTOMER, talk
from tests.fakes.clock import FakeClock
from tests.fakes.memories import ListMemories

BUDGET = Budget(tokens=400)
LONG = [(CUSTOMER, "And then it happens again. " * 4), (BOT, "Then do this or that. " * 6)]


def a_keeper(memories: ListMemories, clock: FakeClock | None = None, **rest) -> Keeper:
    return Keeper(
        memories,
        Extractive(tokens),
        clock or FakeClock(),
        budget=BUDGET,
        count=tokens,
        **rest,
    )


@asynccontextmanager
async def at_work(keeper: Keeper) -> AsyncIterator[None]:
    task = asyncio.create_task(keeper.run())
    yield
    keeper.stop()
    await asyncio.wait_for(task, 10)


async def until(condition) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.001)


def a_full_talk() -> ListMemories:
    first = (CUSTOMER, "My order is A-1234. Why does the machine drip water?")
    return ListMemories(messages=[*talk(first, *LONG * 8)])


async def test_a_conversation_that_outgrew_its_window_is_summarised_after_its_turn() -> None:
    memories = a_full_talk()
    keeper = a_keeper(memories)
    own = memories.conversation

    async with at_work(keeper):
        keeper.after(own.tenant, own.id, 17)
        await until(lambda: keeper.outcomes.written)

    memory = memories.memory
    assert (memory.version, memories.versions[-1].by) == (1, "extract")
    assert [fact.text for fact in memory.facts if fact.kind is Kind.REFERENCE] == [
        "My order is A-1234."
    ]
    assert memory.text == "Customer: Why does the machine drip water?"
    left = [m for m in memories.messages if m.seq > memory.upto]
    assert sum(size(m, tokens) for m in left) <= 0.2 * BUDGET.tokens
    assert left[0].author is CUSTOMER


async def test_a_short_conversation_is_not_even_looked_at() -> None:
    memories = ListMemories(messages=[*talk(*LONG)])
    keeper = a_keeper(memories)
    own = memories.conversation

    async with at_work(keeper):
        keeper.after(own.tenant, own.id, 2)

    assert memories.asked == 0


async def test_who_has_room_is_looked_at_again_when_it_may_be_full_or_was_silent() -> None:
    memories = ListMemories(messages=[*talk(*[(CUSTOMER, "Yes."), (BOT, "No.")] * 5)])
    clock = FakeClock()
    keeper = a_keeper(memories, clock)
    own = memories.conversation

    async with at_work(keeper):
        keeper.after(own.tenant, own.id, 10)
        await until(lambda: memories.asked == 1)
        keeper.after(own.tenant, own.id, 11)
        await asyncio.sleep(0.01)
        assert memories.asked == 1
        clock.passed_s += 25 * 3600
        keeper.after(own.tenant, own.id, 11)
        await until(lambda: memories.asked == 2)
        keeper.after(own.tenant, own.id, 40)
        await until(lambda: memories.asked == 3)


async def test_what_failed_is_written_after_the_next_turn() -> None:
    memories = a_full_talk()
    memories.fails = [StoreUnavailable()]
    keeper = a_keeper(memories)
    own = memories.conversation

    async with at_work(keeper):
        keeper.after(own.tenant, own.id, 17)
        await until(lambda: keeper.outcomes.failed)
        keeper.after(own.tenant, own.id, 19)
        await until(lambda: keeper.outcomes.written)

    assert keeper.outcomes.failed == 1


async def test_of_two_keepers_one_writes_a_version() -> None:
    memories = a_full_talk()
    keepers = [a_keeper(memories) for _ in range(2)]
    own = memories.conversation

    await asyncio.gather(*(keeper.bring_up_to_date(own.tenant, own.id) for keeper in keepers))

    assert [one.memory.version for one in memories.versions] == [1]
    assert sum(keeper.outcomes.beaten for keeper in keepers) == 1


async def test_too_many_are_left_to_their_next_turn() -> None:
    memories = a_full_talk()
    other = a_full_talk()
    keeper = a_keeper(memories, pace=Pace(most=1))

    for one in (memories, other, memories):
        keeper.after(one.conversation.tenant, one.conversation.id, 17)

    assert keeper.outcomes.left_out == 1


async def test_a_backlog_is_taken_in_by_portions() -> None:
    memories = ListMemories(messages=[*talk(*LONG * 60)])
    own = memories.conversation

    assert await a_keeper(memories).bring_up_to_date(own.tenant, own.id)

    assert len(memories.versions) > 3
    uptos = [one.memory.upto for one in memories.versions]
    assert uptos == sorted(set(uptos))


async def test_what_customers_say_of_themselves_is_offered_for_later() -> None:
    memories = a_full_talk()
    memories.messages[2:3] = talk((CUSTOMER, "I live in Leeds."), first=3)
    kept = []

    async def keep(tenant, conversation, facts) -> None:
        kept.extend(fact.text for fact in facts)

    own = memories.conversation
    await a_keeper(memories, keep=keep).bring_up_to_date(own.tenant, own.id)

    assert "I live in Leeds." in kept
    assert "My order is A-1234." not in kept


authors = st.sampled_from([CUSTOMER, BOT, AGENT])


@given(
    st.lists(
        st.tuples(authors, st.integers(10**7, 10**8), st.integers(0, 60)), min_size=1, max_size=40
    ),
    st.integers(0, 3),
)
async def test_however_the_keeper_runs_a_prompt_has_every_number_there_is_room_for(
    said, every
) -> None:
    budget = Budget(tokens=6_000)
    memories = ListMemories()
    keeper = Keeper(memories, Extractive(tokens), FakeClock(), budget=budget, count=tokens)
    messages = talk(*((who, f"{'well ' * wordy} it is {number}") for who, number, wordy in said))
    own = memories.conversation
    for place, message in enumerate(messages):
        memories.messages.append(message)
        if every and place % every == 0:
            await keeper.bring_up_to_date(own.tenant, own.id)

    shown = window(memories.context("And now?"), budget, tokens)

    prompt = told(shown.memory) + "".join(m.text for m in shown.messages)
    assert all(str(number) in prompt for _, number, _ in said)
