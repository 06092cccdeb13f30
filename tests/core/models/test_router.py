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
from core.models.counting import length
from core.models.ports import Said, Sampling
from core.models.router import Policy, Router
from core.models.targets import Role, Target
from tests.fakes.models import Heard, Q, ScriptedModel, a_stand, a_target, said

LONG = (Said(role="user", text="word " * 400),)


def down() -> ModelUnavailable:
    return ModelUnavailable("the connection to the model server broke")


async def test_the_main_model_answers_and_is_named() -> None:
    stand = a_stand(a_target("light", role=Role.LIGHT), a_target("main"))

    text, finished = await said(stand.router)

    assert (text, finished.written_by, finished.role) == ("I am main", "main", "main")
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
    async with aclosing(stand.router.stream(Q, Sampling())) as stream:
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


async def test_a_prompt_that_is_too_long_asks_for_a_shorter_one() -> None:
    stand = a_stand(a_target("main", PromptTooLong()))

    with pytest.raises(PromptTooLong) as raised:
        await said(stand.router, LONG)

    assert raised.value.most_tokens == int(0.6 * length(LONG))


async def test_a_narrow_backup_says_how_much_it_reads() -> None:
    narrow = Target(name="b", model=ScriptedModel("b", window=100), role=Role.BACKUP)
    stand = a_stand(a_target("main", ModelBusy()), narrow)

    assert stand.router.room(Sampling()) == 1_000
    with pytest.raises(PromptTooLong) as raised:
        await said(stand.router, LONG)

    assert raised.value.most_tokens == 100
    assert (await said(stand.router))[1].written_by == "b"


async def test_a_stream_that_is_closed_is_closed_all_the_way_and_counts_as_no_failure() -> None:
    model = ScriptedModel("main", (("a ", "b ", "c "),))
    stand = a_stand(Target(name="main", model=model, at_once=1))

    for _ in range(10):
        async with aclosing(stand.router.stream(Q, Sampling())) as stream:
            await anext(stream)

    assert (model.closed, stand.heard.failures) == (10, [])
    assert not stand.router.seats[0].is_full
    assert stand.router.seats[0].is_fit


async def test_a_probe_that_was_cancelled_lets_another_one_probe() -> None:
    model = ScriptedModel("main", (*((down(),) for _ in range(6)), ("Well, ", "well.")))
    stand = a_stand(Target(name="main", model=model))
    for _ in range(6):
        with pytest.raises(ModelUnavailable):
            await said(stand.router)
    stand.clock.passed_s = 11
    model.prompts.extend([Q] * 6)
    async with aclosing(stand.router.stream(Q, Sampling())) as stream:
        await anext(stream)

    assert (await said(stand.router))[0] == "Well, well."


async def test_the_time_of_the_turn_bounds_all_attempts_together() -> None:
    loop = asyncio.get_running_loop()
    stand = a_stand(a_target("main"), a_target("backup", role=Role.BACKUP))

    with pytest.raises(ModelUnavailable):
        async with aclosing(stand.router.stream(Q, Sampling(until=loop.time()))) as stream:
            await anext(stream)

    assert stand.heard.attempts == []


async def test_short_work_is_brought_to_the_light_model_first_and_shares_its_room() -> None:
    gate = asyncio.Event()
    light = ScriptedModel("light", gate=gate, window=100)
    targets = (a_target("main"), Target(name="light", model=light, role=Role.LIGHT, at_once=1))
    stand = a_stand(*targets)
    beside = stand.router.beside()
    first = asyncio.create_task(said(beside))
    while not light.prompts:
        await asyncio.sleep(0)

    assert (beside.room(Sampling()), stand.router.room(Sampling())) == (100, 1_000)
    assert stand.router.seats[1].is_full
    assert (await said(beside))[1].role == "main"
    gate.set()
    assert (await first)[1].role == "light"


async def test_short_work_waits_for_room_of_light_models_only() -> None:
    gates = {Role.MAIN: asyncio.Event(), Role.LIGHT: asyncio.Event()}
    models = {role: ScriptedModel(role.value, gate=gate) for role, gate in gates.items()}
    targets = {
        role: Target(name=role.value, model=model, role=role, at_once=1)
        for role, model in models.items()
    }
    alone, both = a_stand(targets[Role.MAIN]), a_stand(*targets.values())
    answers = [asyncio.create_task(said(stand.router)) for stand in (alone, both)]
    answers.append(asyncio.create_task(said(both.router.beside())))
    while sum(len(model.prompts) for model in models.values()) < 3:
        await asyncio.sleep(0)

    with pytest.raises(ModelBusy):
        await said(alone.router.beside())
    waiting = asyncio.create_task(said(both.router.beside()))
    for gate in gates.values():
        gate.set()

    assert (await waiting)[1].role == "light"
    assert [finished.role for _, finished in await asyncio.gather(*answers)] == [
        "main", "main", "light"
    ]  # fmt: skip


async def test_a_view_is_of_some_models_only() -> None:
    stand = a_stand(a_target("one"), a_target("two"), a_target("three", role=Role.BACKUP))
    only, without = stand.router.view(only=["two"]), stand.router.view(without=["one", "two"])

    for _ in range(5):
        assert (await said(only))[1].written_by == "two"
    assert (await said(without))[1].written_by == "three"


def test_a_router_guides_when_all_of_its_models_do() -> None:
    free = Target(name="free", model=ScriptedModel("free", guides=False))

    async def guides(*targets: Target) -> bool:
        return a_stand(*targets).router.guides

    assert asyncio.run(guides(a_target("a"), a_target("b")))
    assert not asyncio.run(guides(a_target("a"), free))
