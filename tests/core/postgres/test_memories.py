"""Memories in Postgres: versions, talks that are over, words that were taken back."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest

from core.domain.ids import ConversationId, TenantId
from core.domain.memory import NO_MEMORY, Memory
from core.memory.ports import Written
from core.postgres.database import Database
from tests.builders import (
    TENANT,
    an_inbound_message,
)
from tests.core.postgres.remembering import CALL, ORDER, Kit, amendment

OTHER = TenantId("other")


@pytest.fixture
async def kit(database: Database) -> Kit:
    made = Kit(database)
    await made.open()
    return made


async def test_a_conversation_begins_without_memory(kit: Kit) -> None:
    await kit.say("one")

    assert await kit.memory() == NO_MEMORY
    material = await kit.memories.material(TENANT, kit.id, 100)
    assert material is not None
    assert [m.text for m in material.messages] == ["one", "Yes."]
    assert material.memory == NO_MEMORY


async def test_a_memory_comes_with_the_conversation_and_what_is_behind_it(kit: Kit) -> None:
    for text in ("one", "two", "three"):
        await kit.say(text)

    assert await kit.remember(4, ORDER, CALL)

    await kit.store.accept(an_inbound_message(kit.id, "four", event="four"))
    context = await kit.store.load(TENANT, kit.id, 0)
    assert context.memory == Memory(version=1, upto=4, text="Customer: hello", facts=(ORDER, CALL))
    assert [m.text for m in context.history] == ["three", "Yes."]
    assert [m.text for m in context.waiting] == ["four"]
    longer = await kit.store.load(TENANT, kit.id, 4)
    assert [m.seq for m in longer.history] == [4, 5, 6]


async def test_what_no_memory_has_is_read_up_to_a_bound(kit: Kit, database: Database) -> None:
    await kit.say("one")
    async with database.as_service() as connection:
        await connection.execute(
            "INSERT INTO messages (conversation, seq, tenant, author, text, epoch)"
            " SELECT $1, n, $2, 'agent', 'more', 0 FROM generate_series(3, 500) AS n",
            kit.id,
            TENANT,
        )
        await connection.execute("UPDATE conversations SET seq = 500, covered = 500")

    assert len((await kit.store.load(TENANT, kit.id, 20)).history) == 200
    await kit.remember(450)
    assert len((await kit.store.load(TENANT, kit.id, 20)).history) == 50
    assert len((await kit.store.load(TENANT, kit.id, 80)).history) == 80


async def test_material_is_what_the_memory_does_not_have_and_what_had_its_turn(kit: Kit) -> None:
    for text in ("one", "two", "three"):
        await kit.say(text)
    await kit.remember(2)
    await kit.store.accept(an_inbound_message(kit.id, "waits", event="waits"))

    material = await kit.memories.material(TENANT, kit.id, 3)
    whole = await kit.memories.material(TENANT, kit.id, 100)

    assert material is not None
    assert [m.seq for m in material.messages] == [3, 4, 5]
    assert whole is not None
    assert [m.seq for m in whole.messages] == [3, 4, 5, 6]
    assert await kit.memories.material(TENANT, ConversationId(uuid4()), 3) is None


async def test_of_two_who_write_the_next_version_one_does(kit: Kit) -> None:
    await kit.say("one")

    material = await kit.memories.material(TENANT, kit.id, 100)
    assert material is not None
    written = Written(material=material, memory=Memory(version=1, upto=2, text="x"), by="extract")

    kept = await asyncio.gather(*(kit.memories.put(written) for _ in range(6)))

    assert kept.count(True) == 1
    assert (await kit.memory()).version == 1


async def test_versions_are_added_and_stay(kit: Kit, database: Database) -> None:
    await kit.say("one")
    await kit.remember(1)
    await kit.remember(2, ORDER)

    assert (await kit.memory()).version == 2
    async with database.as_service() as connection:
        rows = await connection.fetch("SELECT version, upto FROM memories ORDER BY version")
    assert [tuple(row) for row in rows] == [(1, 1), (2, 2)]


async def test_a_talk_that_is_over_is_not_carried_along_and_can_be_recalled(kit: Kit) -> None:
    await kit.say("one")
    await kit.remember(2, ORDER)
    await kit.over(2)
    await kit.say("two")

    context = await kit.store.load(TENANT, kit.id, 20)
    assert context.memory == Memory(version=1, upto=2)
    assert [m.text for m in context.history] == ["two", "Yes."]
    assert await kit.remember(4)
    assert (await kit.memory()).version == 2
    (recalled,) = await kit.memories.recall(TENANT, kit.id)
    assert recalled == Memory(version=1, upto=2, text="Customer: hello", facts=(ORDER,))


async def test_what_waits_is_read_though_its_talk_was_called_over(kit: Kit) -> None:
    await kit.say("one")
    await kit.store.accept(an_inbound_message(kit.id, "waits", event="waits"))

    await kit.over(3)

    context = await kit.store.load(TENANT, kit.id, 20)
    assert [m.text for m in context.waiting] == ["waits"]


async def test_a_summary_of_a_talk_that_ended_meanwhile_is_not_kept(kit: Kit) -> None:
    await kit.say("one")
    material = await kit.memories.material(TENANT, kit.id, 100)
    assert material is not None
    await kit.over(2)

    written = Written(material=material, memory=Memory(version=1, upto=2, text="x"), by="extract")

    assert not await kit.memories.put(written)
    assert (await kit.memory()).text == ""


async def test_words_that_were_edited_are_not_remembered_as_they_were(
    kit: Kit, database: Database
) -> None:
    await kit.say("My order is A-1234.")
    await kit.remember(2, ORDER, CALL)

    await kit.store.amend(amendment(kit, "My order is B-9."))

    assert await kit.memory() == Memory(version=1, upto=2, facts=(CALL,))
    material = await kit.memories.material(TENANT, kit.id, 100)
    assert material is not None
    assert [(m.seq, m.text) for m in material.changed] == [(1, "My order is B-9.")]
    assert await kit.remember(2, CALL)
    assert (await kit.memory()).text == "Customer: hello"
    assert "A-1234" not in await everything_kept(database)


async def test_words_that_were_taken_back_are_forgotten_at_once(
    kit: Kit, database: Database
) -> None:
    await kit.say("Hello.")
    await kit.remember(2, CALL)
    await kit.say("My order is A-1234.")
    await kit.remember(4, CALL, ORDER)

    await kit.store.amend(amendment(kit, None))

    memory = await kit.memory()
    assert (memory.version, memory.upto, memory.facts) == (1, 2, (CALL,))
    assert [m.text for m in (await kit.store.load(TENANT, kit.id, 0)).history] == ["", "Yes."]
    assert "A-1234" not in await everything_kept(database)


async def test_a_summary_that_was_read_before_words_were_taken_back_does_not_say_them(
    kit: Kit,
) -> None:
    await kit.say("My order is A-1234.")
    material = await kit.memories.material(TENANT, kit.id, 100)
    assert material is not None

    await kit.store.amend(amendment(kit, None))
    await kit.remember_from(material, 2, ORDER, CALL, text="Customer: My order is A-1234.")

    assert await kit.memory() == Memory(version=1, upto=2, facts=(CALL,))


async def everything_kept(database: Database) -> str:
    async with database.as_service() as connection:
        kept = await connection.fetchval("SELECT string_agg(m::text, '') FROM memories m")
    return str(kept)


async def test_nothing_of_one_tenant_is_seen_or_written_by_another(
    kit: Kit, database: Database
) -> None:
    await kit.say("one")
    await kit.remember(2, ORDER)
    material = await kit.memories.material(TENANT, kit.id, 100)
    assert material is not None

    assert await kit.memories.material(OTHER, kit.id, 100) is None
    assert await kit.memories.recall(OTHER, kit.id) == ()
    theirs = replace(material, conversation=replace(material.conversation, tenant=OTHER))
    memory = Memory(version=2, upto=2, text="x")
    assert not await kit.memories.put(Written(material=theirs, memory=memory, by="extract"))
    async with database.as_tenant(OTHER) as connection:
        for table in ("memories", "remembered"):
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0
        assert await connection.execute("DELETE FROM memories") == "DELETE 0"
