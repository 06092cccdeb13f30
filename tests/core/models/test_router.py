"""Which model answers when some cannot, and what it costs."""

import asyncio
import random
from contextlib import aclosing

import pytest

from core.domain.errors import (
    ModelBusy,
    ModelNotServed,
    ModelUnavailable,
    PromptRefused,
    PromptTooLong,
)
from core.models.ports import Sampling
from core.models.router import Policy, Router
from core.models.targets import Role, Target
from tests.fakes.models import Heard, ScriptedModel, a_stand, a_target, said


def down() -> ModelUnavailable:
    return ModelUnavailable("the connection to the model server broke")


async def test_the_main_model_answers_and_is_named() -> None:
    stand = a_stand(a_target("light", role=Role.LIGHT), a_target("main"))

    text, finished = await said(stand.router)

    assert (text, finished.written_by) == ("I am main", "main")
    assert stand.heard.attempts == stand.heard.begun == ["main"]


async def test_backups_come_after_the_main_one_and_light_ones_last() -> None:
    stand = a_stand(
        a_target("light", role=Role.LIGHT),
        a_target("backup", ModelBusy(), role=Role.BACKUP),
        a_target("main", ModelBusy()),
    )

    assert (await said(stand.router))[1].written_by == "light"
    assert stand.heard.failures == [("main", "busy"), ("backup", "busy")]


async def test_targets_of_one_role_share_the_turns_by_weight() -> None:
    heard = Heard()
    targets = (a_target("three", weight=3), a_target("one"), a_target("none", weight=0))
    policy = Policy(observer=heard, chance=random.Random(1).random)
    router = Router(targets, policy)

    for _ in range(1000):
        await said(router)

    assert 650 <= heard.attempts.count("three") <= 850
    assert heard.attempts.count("none") == 0


@pytest.mark.parametrize("error", [PromptRefused(), PromptRefused("filtered")])
async def test_a_prompt_that_is_refused_is_brought_to_no_other_model(error: Exception) -> None:
    stand = a_stand(a_target("main", error), a_target("backup", role=Role.BACKUP))

    with pytest.raises(PromptRefused):
        await said(stand.router)

    assert stand.heard.attempts == ["main"]


async def test_nobody_is_asked_more_often_than_there_are_targets_and_once() -> None:
    stand = a_stand(a_target("main", down()), a_target("backup", down(), role=Role.BACKUP))

    with pytest.raises(ModelUnavailable):
        await said(stand.router)

    assert stand.heard.attempts == ["main", "backup", "main"]


async def test_a_connection_that_just_broke_is_tried_once_more() -> None:
    model = ScriptedModel("main", ((down(),), ("Well.",)))
    stand = a_stand(Target(name="main", model=model))

    assert (await said(stand.router))[0] == "Well."


async def test_no_second_model_is_asked_after_a_visible_word() -> None:
    backup = a_target("backup", role=Role.BACKUP)
    stand = a_stand(a_target("main", "It takes ", down()), backup)
    async with aclosing(stand.router.stream("Q", Sampling())) as stream:
        first = await anext(stream)
        with pytest.raises(ModelUnavailable, match="mid-answer"):
            await anext(stream)

    assert (first, stand.heard.attempts) == ("It takes ", ["main"])


async def test_the_turn_that_is_taken_again_finds_another_model() -> None:
    stand = a_stand(a_target("main", "It takes ", down()), a_target("backup", role=Role.BACKUP))
    with pytest.raises(ModelUnavailable):
        await said(stand.router)

    assert (await said(stand.router))[1].written_by == "backup"


async def test_a_refusal_after_a_visible_word_is_a_failure_like_others() -> None:
    stand = a_stand(a_target("main", "It takes ", PromptRefused()))

    with pytest.raises(ModelUnavailable):
        await said(stand.router)


@pytest.mark.parametrize(
    ("asked_s", "rests_s"), [(7.0, 7.0), (None, 1.0)], ids=["as it asked", "as long as we choose"]
)
async def test_a_busy_model_rests(asked_s: float | None, rests_s: float) -> None:
    model = ScriptedModel("main", ((ModelBusy(asked_s),), ("Well.",)))
    backup = a_target("backup", role=Role.BACKUP)
    stand = a_stand(Target(name="main", model=model), backup, chance=0.0)
    await said(stand.router)

    stand.clock.passed_s = rests_s * 0.99
    during = (await said(stand.router))[1].written_by
    stand.clock.passed_s = rests_s * 2.01
    after = (await said(stand.router))[1].written_by

    assert (during, after) == ("backup", "main")


async def test_rests_grow_up_to_thirty_seconds() -> None:
    stand = a_stand(a_target("main", ModelBusy()), chance=0.0)
    rests: list[float] = []
    for _ in range(8):
        begun = stand.clock.passed_s
        with pytest.raises(ModelBusy):
            await said(stand.router)
        while not stand.router.seats[0].is_fit:
            stand.clock.passed_s += 0.5
        rests.append(stand.clock.passed_s - begun)

    assert rests == [2, 4, 8, 16, 30, 30, 30, 30]


async def test_a_key_that_is_refused_is_not_tried_again_for_minutes() -> None:
    model = ScriptedModel("main", ((ModelNotServed(),), ("Well.",)))
    stand = a_stand(Target(name="main", model=model), a_target("backup", role=Role.BACKUP))
    await said(stand.router)

    stand.clock.passed_s = 299
    during = (await said(stand.router))[1].written_by
    stand.clock.passed_s = 301
    after = (await said(stand.router))[1].written_by

    assert (during, after) == ("backup", "main")
    assert stand.heard.failures == [("main", "not_served")]


async def test_a_model_that_fails_again_and_again_is_left_alone() -> None:
    main = a_target("main", down())
    stand = a_stand(main, a_target("backup", role=Role.BACKUP))

    for _ in range(20):
        assert (await said(stand.router))[1].written_by == "backup"

    assert stand.heard.attempts.count("main") == 5


async def test_a_model_that_does_not_begin_leaves_time_for_another() -> None:
    silent = ScriptedModel("main", gate=asyncio.Event())
    stand = a_stand(
        Target(name="main", model=silent), a_target("backup", role=Role.BACKUP), turn_s=0.5
    )

    assert (await said(stand.router))[1].written_by == "backup"
    assert stand.heard.failures == [("main", "late")]
    assert silent.closed == 1


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


async def test_a_prompt_that_is_too_long_asks_for_a_shorter_one() -> None:
    stand = a_stand(a_target("main", PromptTooLong()))

    with pytest.raises(PromptTooLong) as raised:
        await said(stand.router, "word " * 400)

    assert raised.value.most_tokens == 300


async def test_a_narrow_backup_says_how_much_it_reads() -> None:
    narrow = Target(name="b", model=ScriptedModel("b", window=100), role=Role.BACKUP)
    stand = a_stand(a_target("main", ModelBusy()), narrow)

    assert stand.router.max_prompt_tokens == 1_000
    with pytest.raises(PromptTooLong) as raised:
        await said(stand.router, "word " * 400)

    assert raised.value.most_tokens == 100
    assert (await said(stand.router, "word"))[1].written_by == "b"


async def test_a_stream_that_is_closed_is_closed_all_the_way_and_counts_as_no_failure() -> None:
    model = ScriptedModel("main", (("a ", "b ", "c "),))
    stand = a_stand(Target(name="main", model=model, at_once=1))

    for _ in range(10):
        async with aclosing(stand.router.stream("Q", Sampling())) as stream:
            await anext(stream)

    assert (model.closed, stand.heard.failures) == (10, [])
    assert not stand.router.seats[0].room.locked()
    assert stand.router.seats[0].is_fit


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
    assert not stand.router.seats[0].room.locked()


async def test_a_probe_that_was_cancelled_lets_another_one_probe() -> None:
    model = ScriptedModel("main", (*((down(),) for _ in range(6)), ("Well, ", "well.")))
    stand = a_stand(Target(name="main", model=model))
    for _ in range(6):
        with pytest.raises(ModelUnavailable):
            await said(stand.router)
    stand.clock.passed_s = 11
    model.prompts.extend([""] * 6)
    async with aclosing(stand.router.stream("Q", Sampling())) as stream:
        await anext(stream)

    assert (await said(stand.router))[0] == "Well, well."


async def test_the_time_of_the_turn_bounds_all_attempts_together() -> None:
    loop = asyncio.get_running_loop()
    stand = a_stand(a_target("main"), a_target("backup", role=Role.BACKUP))

    with pytest.raises(ModelUnavailable):
        async with aclosing(stand.router.stream("Q", Sampling(until=loop.time()))) as stream:
            await anext(stream)

    assert stand.heard.attempts == []
