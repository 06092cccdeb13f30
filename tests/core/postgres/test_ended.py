"""Talks that are over: their last summary is written beside the next talk, and can be recalled."""

from dataclasses import replace

import pytest

from core.memory.budget import Budget
from core.memory.extract import Extractive
from core.memory.keeper import Keeper
from core.memory.ports import Written
from core.models.counting import tokens
from core.postgres.customers import PostgresCustomers
from core.postgres.database import Database
from tests.builders import TENANT
from tests.core.postgres.remembering import ORDER, Kit
from tests.fakes.clock import FakeClock


@pytest.fixture
async def kit(database: Database) -> Kit:
    made = Kit(database)
    await made.open()
    return made


def a_keeper(kit: Kit) -> Keeper:
    return Keeper(
        kit.memories, Extractive(tokens), FakeClock(), budget=Budget(tokens=400), count=tokens
    )


async def test_the_last_summary_has_what_was_said_and_the_next_talk_does_not(kit: Kit) -> None:
    await kit.say("My order is A-1234.")
    ended = await kit.over(2)
    await kit.say("What does shipping cost?")

    await a_keeper(kit).end(ended)

    (recalled,) = await kit.memories.recall(TENANT, kit.id)
    assert [fact.text for fact in recalled.facts] == ["My order is A-1234."]
    assert recalled.upto == 2
    context = await kit.store.load(TENANT, kit.id, 20)
    assert (context.memory.text, context.memory.facts) == ("", ())
    assert [m.text for m in context.history] == ["What does shipping cost?", "Yes."]


async def test_it_goes_on_from_what_was_written_before(kit: Kit) -> None:
    await kit.say("My order is A-1234.")
    await kit.remember(2, ORDER)
    await kit.say("My name is Ann.")
    ended = await kit.over(4)

    await a_keeper(kit).end(ended)
    await a_keeper(kit).end(ended)

    (recalled,) = await kit.memories.recall(TENANT, kit.id)
    assert (recalled.version, recalled.upto) == (2, 4)
    assert "My order is A-1234." in {fact.text for fact in recalled.facts}


async def test_a_late_one_takes_nothing_from_the_next_talk(kit: Kit) -> None:
    await kit.say("My order is A-1234.")
    ended = await kit.over(2)
    await kit.say("My name is Ann.")
    assert await kit.remember(4, replace(ORDER, seq=3, text="My name is Ann."))

    await a_keeper(kit).end(ended)

    memory = await kit.memory()
    assert (memory.version, [fact.text for fact in memory.facts]) == (2, ["My name is Ann."])
    assert await kit.remember(4)
    assert [one.upto for one in await kit.memories.recall(TENANT, kit.id)] == [2]


async def test_what_was_forgotten_meanwhile_is_not_written(kit: Kit) -> None:
    await kit.say("My order is A-1234.")
    ended = await kit.over(2)
    material = await kit.memories.left(ended, 100)
    assert material is not None
    assert await PostgresCustomers(kit.database).forget_one(TENANT, kit.id)

    memory = replace(material.memory, version=1, upto=2, text="x")
    late = await kit.memories.put(Written(material=material, memory=memory, by="extract"))
    await a_keeper(kit).end(ended)

    assert not late
    assert await kit.memories.recall(TENANT, kit.id) == ()


async def test_a_talk_that_nobody_waits_for_is_left_alone(kit: Kit) -> None:
    await kit.say("My order is A-1234.")
    ended = await kit.over(2)
    await kit.done(ended)

    await a_keeper(kit).end(ended)

    assert await kit.memories.recall(TENANT, kit.id) == ()
