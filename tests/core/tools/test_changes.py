"""A change is made on a yes and at most once, whoever dies, whatever is delivered again."""

import asyncio
from random import Random

import pytest

from core.domain.actions import ToolCall
from core.domain.conversation import TurnContext
from core.domain.decisions import AskBack, Decline, HandOff, Reply
from core.domain.ids import CustomerId
from core.domain.messages import Channel
from core.domain.tools import Outcome
from core.postgres.tools import PostgresToolCalls
from core.turn.act import Acted
from tests.builders import TENANT
from tests.core.tools.talk import CANCEL, Talk


async def test_a_change_is_made_on_a_yes_once(talk: Talk) -> None:
    call = ToolCall(tool="cancel_order", arguments={"order": "AB-123456"})

    asked = await talk.turn("Cancel AB-123456 please", CANCEL)
    assert asked == AskBack("Shall I cancel order AB-123456?", call)
    assert talk.shop.asked == []

    said = await talk.turn("yes please")
    assert isinstance(said, Reply)
    assert said.draft.text == "Order AB-123456 is cancelled. Refund: 12 EUR. [1]"
    assert len(talk.shop.cancelled) == 1

    assert await talk.turn("yes") is None
    assert len(talk.shop.asked) == 1
    assert await talk.ledger() == [("cancel_order", "done")]


@pytest.mark.parametrize(
    "answer", ["no", "yes\nwait, no", "yes, but AB-999999", "hm?", "[1] yes!?x"]
)
async def test_anything_but_yes_drops_the_call(talk: Talk, answer: str) -> None:
    await talk.turn("Cancel AB-123456", CANCEL)

    assert await talk.turn(answer) is None
    assert await talk.turn("yes") is None
    assert talk.shop.asked == []
    assert await talk.ledger() == []


async def test_a_yes_much_later_is_about_something_else(talk: Talk) -> None:
    await talk.turn("Cancel AB-123456", CANCEL)
    async with talk.database.as_service() as connection:
        await connection.execute("UPDATE messages SET at = '2026-06-01 10:59Z'")

    assert await talk.turn("yes") is None
    assert talk.shop.asked == []


async def test_a_yes_in_another_conversation_is_none(talk: Talk) -> None:
    await talk.turn("Cancel AB-123456", CANCEL)
    talk.here = await talk.store.open(TENANT, Channel.WEB, CustomerId("other"), "second")

    assert await talk.turn("yes") is None


async def test_a_redelivered_turn_tells_what_was_done_and_does_it_no_more(talk: Talk) -> None:
    await talk.turn("Cancel AB-123456", CANCEL)
    context = await talk.hears("yes")
    first = await talk.acts(context)

    again = await talk.acts(context)  # its worker died before it could remember
    assert again.decision == first.decision
    assert again.used == first.used

    longer = await talk.hears("wait, no")  # or more came before the answer was seen
    assert (await talk.acts(longer)).decision == first.decision
    assert len(talk.shop.asked) == 1


async def test_two_workers_make_one_call(talk: Talk) -> None:
    await talk.turn("Cancel AB-123456", CANCEL)
    context = await talk.hears("yes")
    talk.shop.hangs = asyncio.Event()

    both = [asyncio.create_task(talk.acts(context)) for _ in range(4)]
    await asyncio.sleep(0.5)
    talk.shop.hangs.set()
    results = await asyncio.gather(*both)

    assert len(talk.shop.asked) == 1
    assert {result.used for result in results} == {results[0].used}
    assert all(isinstance(result.decision, Reply) for result in results)


async def died(talk: Talk) -> TurnContext:
    """A worker began the call, it reached the shop, and nobody knows more."""
    await talk.turn("Cancel AB-123456", CANCEL)
    context = await talk.hears("yes")
    talk.shop.hangs = asyncio.Event()
    task = asyncio.create_task(talk.acts(context))
    async with asyncio.timeout(10):
        while not talk.shop.asked:
            await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait({task})
    talk.shop.hangs.set()
    async with talk.database.as_service() as connection:
        await connection.execute("UPDATE tool_calls SET lease_until = now()")
    return context


async def test_a_call_whose_worker_died_is_unknown_and_comes_to_a_person(talk: Talk) -> None:
    context = await died(talk)

    acted = await talk.acts(context)

    assert isinstance(acted.decision, HandOff)
    assert [use.outcome for use in acted.used] == [Outcome.UNKNOWN]
    assert len(talk.shop.asked) == 1
    assert await talk.ledger() == [("cancel_order", "unknown")]


async def test_where_the_server_honours_keys_it_is_sent_again_under_the_same(talk: Talk) -> None:
    talk.options = {"repeats": True}
    context = await died(talk)

    acted = await talk.acts(context)

    assert isinstance(acted.decision, Reply)
    assert len(talk.shop.asked) == 2
    assert len(talk.shop.cancelled) == 1
    assert [str(use.id) for use in acted.used] == talk.shop.cancelled


async def test_a_server_that_breaks_off_comes_to_a_person(talk: Talk) -> None:
    talk.shop.drops = True
    await talk.turn("Cancel AB-123456", CANCEL)

    assert isinstance(await talk.turn("yes"), HandOff)
    assert await talk.ledger() == [("cancel_order", "unknown")]


async def test_a_change_that_is_refused_changed_nothing_and_is_said_so(talk: Talk) -> None:
    talk.shop.status = 403
    await talk.turn("Cancel AB-123456", CANCEL)

    assert isinstance(await talk.turn("yes"), Decline)
    assert await talk.ledger() == [("cancel_order", "failed")]


async def test_an_end_is_kept(talk: Talk) -> None:
    await talk.turn("Cancel AB-123456", CANCEL)
    context = await talk.hears("yes")
    asked_by = context.history[-1].turn
    assert asked_by is not None
    acted = await talk.acts(context)
    ledger = PostgresToolCalls(talk.database)

    await ledger.end(TENANT, acted.used[0].id, Outcome.UNKNOWN, 0, ())
    kept = await ledger.kept(TENANT, asked_by)

    assert kept is not None
    assert kept.outcome is Outcome.DONE
    assert kept.lines == ("Order AB-123456 is cancelled. Refund: 12 EUR.",)


async def a_round(talk: Talk, chance: Random) -> tuple[list[Acted], int]:
    """Workers come and die at any moment while a shop has its faults; what they got, effects."""
    talk.here = await talk.store.open(TENANT, Channel.WEB, CustomerId("v"), str(chance.random()))
    shop, before = talk.shop, len(talk.shop.asked)
    shop.status, shop.drops, shop.hangs = 200, False, None
    await talk.turn("Cancel AB-123456", CANCEL)
    context = await talk.hears("yes")
    shop.status, shop.drops = chance.choice([200, 200, 200, 403, 503]), chance.random() < 0.2
    shop.hangs = asyncio.Event() if chance.random() < 0.5 else None
    workers = []
    for _ in range(chance.randint(1, 5)):
        workers.append(asyncio.create_task(talk.acts(context)))
        await asyncio.sleep(chance.random() * 0.02)
        if chance.random() < 0.5:
            chance.choice(workers).cancel()
    if shop.hangs:
        shop.hangs.set()
    _, waiting = await asyncio.wait(workers, timeout=0.5)
    if waiting:  # for one that died: its time passes
        async with talk.database.as_service() as connection:
            await connection.execute("UPDATE tool_calls SET lease_until = now()")
    ended = await asyncio.gather(*workers, return_exceptions=True)
    results = [one for one in ended if isinstance(one, Acted)]
    return [*results, await talk.acts(context)], len(shop.asked) - before


@pytest.mark.slow
@pytest.mark.parametrize("repeats", [False, True])
async def test_whoever_dies_whenever_a_change_is_made_once_and_told_alike(
    talk: Talk, repeats: bool
) -> None:
    talk.options, chance = {"repeats": repeats}, Random(4)
    for _ in range(40):
        effects = len(talk.shop.cancelled)
        results, requests = await a_round(talk, chance)

        assert len(talk.shop.cancelled) - effects <= 1  # one key, however often it was sent
        assert requests <= 1 or repeats
        assert len({result.used for result in results}) == 1
        (use,) = results[0].used
        if use.outcome is Outcome.DONE:
            assert str(use.id) == talk.shop.cancelled[-1]
