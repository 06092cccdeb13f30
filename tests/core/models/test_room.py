"""How many answers a model writes at the same time."""

import asyncio

import pytest

from core.models.discovered import DiscoveredTgi
from core.models.streaming import Deadlines, pool
from core.models.targets import Role, Seat, Target
from tests.fakes.models import ScriptedModel, a_stand, a_target, said
from tests.fakes.tgi import FakeTgi


async def test_a_full_model_passes_the_turn_on() -> None:
    gate = asyncio.Event()
    main = ScriptedModel("main", gate=gate)
    stand = a_stand(
        Target(name="main", model=main, at_once=1), a_target("backup", role=Role.BACKUP)
    )
    first = asyncio.create_task(said(stand.router))
    while not main.prompts:
        await asyncio.sleep(0)

    second = await said(stand.router)
    gate.set()

    assert (second[1].written_by, (await first)[1].written_by) == ("backup", "main")


async def test_room_is_waited_for_where_there_is_no_other_model() -> None:
    gate = asyncio.Event()
    main = ScriptedModel("main", gate=gate)
    stand = a_stand(Target(name="main", model=main, at_once=2))
    turns = [asyncio.create_task(said(stand.router)) for _ in range(20)]
    while len(main.prompts) < 2:
        await asyncio.sleep(0)
    waiting = len(main.prompts)
    gate.set()

    assert waiting == 2
    assert {finished.written_by for _, finished in await asyncio.gather(*turns)} == {"main"}


async def test_a_server_says_how_many_answers_it_writes_at_once() -> None:
    gate = asyncio.Event()
    main = ScriptedModel("main", gate=gate, at_once=10)
    stand = a_stand(Target(name="main", model=main))
    turns = [asyncio.create_task(said(stand.router)) for _ in range(30)]
    while len(main.prompts) < 9:
        await asyncio.sleep(0)
    main.at_once = 20  # another server is there now
    before = len(main.prompts)
    gate.set()

    assert before == 9
    assert len(await asyncio.gather(*turns)) == 30
    assert not stand.router.seats[0].is_full


async def test_who_stops_waiting_for_room_takes_none() -> None:
    gate = asyncio.Event()
    main = ScriptedModel("main", gate=gate)
    stand = a_stand(Target(name="main", model=main, at_once=1))
    turns = [asyncio.create_task(said(stand.router)) for _ in range(4)]
    while not main.prompts:
        await asyncio.sleep(0)

    for turn in turns[1:3]:
        turn.cancel()
    gate.set()
    ended = await asyncio.gather(*turns, return_exceptions=True)

    assert [isinstance(each, asyncio.CancelledError) for each in ended] == [
        False, True, True, False
    ]  # fmt: skip
    assert not stand.router.seats[0].is_full


async def test_a_turn_that_is_cancelled_while_it_waits_gives_its_place_back() -> None:
    model = ScriptedModel("main", gate=asyncio.Event())
    stand = a_stand(Target(name="main", model=model, at_once=1))
    turn = asyncio.create_task(said(stand.router))
    while not model.prompts:
        await asyncio.sleep(0)

    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn

    assert model.closed == 1
    assert not stand.router.seats[0].is_full


async def test_a_tgi_server_says_it_when_it_is_first_asked() -> None:
    fake = FakeTgi()
    async with fake.serve(), pool(Deadlines(), {}) as session:
        model = DiscoveredTgi(fake.url, session, Deadlines())
        stand = a_stand(Target(name="tgi", model=model))
        before = stand.router.seats[0].limit
        await said(stand.router)

    assert before == 64
    assert stand.router.seats[0].limit == 115  # nine tenths of its 128
    assert Seat(Target(name="o", model=model, at_once=7), lambda: 0, lambda: 0).limit == 7
