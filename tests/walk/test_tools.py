"""Tools and hooks in whole turns: from the customer's message to what is stored of it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace

import pytest

from core.clock import SystemClock
from core.domain.actions import UseTool
from core.domain.conversation import Conversation, Queue, TurnContext
from core.domain.ids import CustomerId, EventId
from core.domain.messages import Arrival, Author, Channel
from core.domain.turns import TurnRecord
from core.domain.understanding import Understanding
from core.hooks.examples import Disclaimer, Highlight
from core.hooks.run import ConfiguredHooks, Hook
from core.nlu.smalltalk import SmallTalk
from core.postgres.conversations import PostgresConversations
from core.postgres.database import Database
from core.postgres.tools import PostgresToolCalls
from core.tools.call import Caller
from core.tools.read import parse
from core.tools.settle import Settling
from core.tools.toolbox import Toolbox
from core.turn.burst import Burst, Joining, Outdated
from core.turn.walk import Walk
from tests.builders import TENANT, a_draft, an_inbound_message
from tests.fakes.shop import FakeShop
from tests.fakes.talk import a_walk
from tests.fakes.understanding import LabelledUnderstander
from tests.fakes.walk import ScriptedWriter

JOINING = Joining(most=5, within_s=3600)


class Intents(LabelledUnderstander):
    """Knows what is done about a wish by a word of it."""

    async def understand(self, context: TurnContext) -> Understanding:
        understanding = await super().understand(context)
        text = context.question.lower()
        for word, tool in (("cancel", "cancel_order"), ("where", "order_status")):
            if word in text:
                return replace(understanding, does=UseTool(tool))
        return understanding


@pytest.fixture
async def shop() -> AsyncIterator[FakeShop]:
    async with FakeShop().open() as shop:
        yield shop


@pytest.fixture
async def walk(
    store: PostgresConversations, database: Database, shop: FakeShop
) -> AsyncIterator[Walk]:
    ledger = PostgresToolCalls(database)
    declared = parse(shop.tools(), {"shop": "s3cret"})
    settling = Settling(declared=declared, ledger=ledger, agrees=SmallTalk.load().agrees)
    async with Caller(declared.private_hosts) as caller:
        box = Toolbox(settling=settling, caller=caller, ledger=ledger, clock=SystemClock())
        made = a_walk(store, ScriptedWriter("Parcels take two days. [1]", a_draft()))
        yield replace(made, understander=Intents(), tools=box)


@pytest.fixture
async def talk(store: PostgresConversations) -> Conversation:
    return await store.open(TENANT, Channel.WEB, CustomerId("visitor"), "first")


async def say(store: PostgresConversations, talk: Conversation, text: str) -> Arrival:
    event = str(SystemClock().new_id())
    await store.accept(an_inbound_message(talk.id, text, event=event))
    return Arrival(tenant=TENANT, conversation=talk.id, event=EventId(event))


async def take(walk: Walk, arrival: Arrival) -> TurnRecord | None:
    burst = Burst(walk.clock, JOINING)
    while True:
        with suppress(Outdated):
            return await walk.take(arrival, burst)


async def told(store: PostgresConversations, talk: Conversation) -> list[str]:
    messages = await store.since(TENANT, talk.id, 0, 99)
    return [message.text for message in messages if message.author is Author.BOT]


async def test_an_order_is_told_and_cited(walk, store, talk) -> None:
    record = await take(walk, await say(store, talk, "Where is AB-123456?"))

    assert record is not None
    (message,) = await store.since(TENANT, talk.id, 1, 9)
    assert message.text.startswith("Status: on its way. [1]")
    assert message.sources[0].uri == "tool:order_status"
    assert [use.tool for use in record.used] == ["order_status"]


async def test_a_change_asks_is_made_and_is_on_record(walk, store, talk, shop, database) -> None:
    await take(walk, await say(store, talk, "Please cancel AB-123456"))
    await take(walk, await say(store, talk, "yes"))

    assert await told(store, talk) == [
        "Shall I cancel order AB-123456?",
        "Order AB-123456 is cancelled. Refund: 12 EUR. [1]",
    ]
    async with database.as_service() as connection:
        rows = await connection.fetch("SELECT record FROM turns ORDER BY id")
    asked, done = (json.loads(row["record"]) for row in rows)
    assert asked["call"] == {"tool": "cancel_order", "arguments": {"order": "AB-123456"}}
    assert [(one["tool"], one["outcome"]) for one in done["tools"]] == [("cancel_order", "done")]
    assert [one["id"] for one in done["tools"]] == shop.cancelled


async def test_a_change_whose_outcome_nobody_knows_is_handed_to_a_person(
    walk, store, talk, shop
) -> None:
    shop.drops = True
    await take(walk, await say(store, talk, "Please cancel AB-123456"))
    await take(walk, await say(store, talk, "yes"))

    assert (await store.conversation(TENANT, talk.id)).owner == Queue()
    assert len(shop.asked) == 1


@pytest.mark.slow
@pytest.mark.parametrize("copies", [2, 20])
async def test_copies_of_a_yes_on_many_workers_make_one_change(
    walk, store, talk, shop, copies
) -> None:
    await take(walk, await say(store, talk, "Please cancel AB-123456"))
    arrival = await say(store, talk, "yes")

    taken = await asyncio.gather(*(take(walk, arrival) for _ in range(copies)))

    assert sum(record is not None for record in taken) == 1
    assert len(shop.asked) == 1
    assert (await told(store, talk))[1:] == ["Order AB-123456 is cancelled. Refund: 12 EUR. [1]"]


async def test_a_word_behind_the_yes_comes_too_late_and_the_truth_is_told(
    walk, store, talk, shop
) -> None:
    await take(walk, await say(store, talk, "Please cancel AB-123456"))
    shop.hangs = asyncio.Event()
    turn = asyncio.create_task(take(walk, await say(store, talk, "yes")))
    async with asyncio.timeout(10):
        while not shop.asked:
            await asyncio.sleep(0.01)
    late = await say(store, talk, "stop, no!")
    shop.hangs.set()

    await turn
    await take(walk, late)

    assert len(shop.asked) == 1
    assert "Order AB-123456 is cancelled. Refund: 12 EUR. [1]" in await told(store, talk)


async def test_hooks_change_an_answer_and_the_record_keeps_what_it_was(
    walk, store, talk, database
) -> None:
    class Expands:
        def before_understanding(self, turn: object) -> list[str]:
            return ["How long do parcels take?"]

    hooks = ConfiguredHooks(
        hooks=(
            Hook(name="expand", target=Expands(), limit_s=5),
            Hook(name="bold", target=Highlight({"default": ["parcels"]}), limit_s=5),
            Hook(name="advice", target=Disclaimer({"en": "No advice."}), limit_s=5),
        )
    )

    await take(replace(walk, hooks=hooks), await say(store, talk, "hw lng?"))

    assert await told(store, talk) == ["**Parcels** take two days. [1]\n\n_No advice._"]
    (asked, *_) = await store.since(TENANT, talk.id, 0, 9)
    assert asked.text == "hw lng?"
    async with database.as_service() as connection:
        record = json.loads(await connection.fetchval("SELECT record FROM turns"))
    assert [(one["hook"], one["text"]) for one in record["changes"]] == [
        ("expand", "How long do parcels take?"),
        ("bold", "Parcels take two days. [1]"),
        ("advice", "**Parcels** take two days. [1]"),
    ]
