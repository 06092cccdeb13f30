"""Hooks that hang or keep failing cost their limit, and nothing else."""

import asyncio
import subprocess
import sys
import threading
import time

import pytest

from core.domain.answers import Draft
from core.hooks.bound import MOST_THREADS
from core.hooks.run import FAILURES_IN_A_ROW, REST_S, ConfiguredHooks, Hook
from core.hooks.turn import HookTurn
from tests.builders import a_draft
from tests.core.hooks.asking import WORDS, Answers, Counted, answered, hooks
from tests.fakes.clock import FakeClock


async def test_a_hook_that_hangs_costs_its_limit_and_nothing_else() -> None:
    release = threading.Event()

    class Hangs:
        def after_answer(self, turn: HookTurn, draft: Draft) -> str:
            release.wait(30)
            return "late [1]"

    class Refuses:
        async def after_answer(self, turn: HookTurn, draft: Draft) -> str:
            while not release.is_set():
                try:
                    await asyncio.sleep(0.05)
                except asyncio.CancelledError:
                    continue
            raise RuntimeError(WORDS)

    count, begun = Counted(), time.monotonic()
    said = await answered(hooks(Hangs(), Refuses(), limit_s=0.05, count=count))
    took = time.monotonic() - begun
    release.set()
    await asyncio.sleep(0.15)

    assert said.value == a_draft()
    assert count.outcomes == ["late", "late"]
    assert took < 5


async def test_threads_that_hang_have_an_end() -> None:
    release, started = threading.Event(), []

    class Hangs:
        def after_answer(self, turn: HookTurn, draft: Draft) -> None:
            started.append(1)
            release.wait(30)

    by = [Hook(name=f"h{at}", target=Hangs(), limit_s=0.01) for at in range(MOST_THREADS + 3)]
    await answered(ConfiguredHooks(hooks=by))
    hanging = len(started)
    release.set()

    assert hanging == MOST_THREADS


async def test_a_hook_that_keeps_failing_rests() -> None:
    clock, count = FakeClock(), Counted()
    by = ConfiguredHooks(
        hooks=(Hook(name="h", target=Answers(lambda _: 7), limit_s=5),),
        count=count,
        now=clock.monotonic,
    )

    for _ in range(FAILURES_IN_A_ROW + 3):
        await answered(by)
    assert len(count.calls) == FAILURES_IN_A_ROW

    await clock.sleep(REST_S)
    await answered(by)
    assert len(count.calls) == FAILURES_IN_A_ROW + 1


async def test_a_turn_that_is_given_up_gives_its_hook_up() -> None:
    ended = asyncio.Event()

    class Waits:
        async def after_answer(self, turn: HookTurn, draft: Draft) -> None:
            try:
                await asyncio.sleep(30)
            finally:
                ended.set()

    task = asyncio.create_task(answered(hooks(Waits(), limit_s=30)))
    await asyncio.sleep(0.02)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(5):
        await ended.wait()


def test_a_hook_that_hangs_does_not_keep_a_process_from_ending() -> None:
    script = (
        "import asyncio, time\n"
        "from core.hooks.bound import Bound, HookLate\n"
        "async def main():\n"
        "    try:\n"
        "        await Bound().call(time.sleep, (600,), 0.05)\n"
        "    except HookLate:\n"
        "        print('late')\n"
        "asyncio.run(main())\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )

    assert (done.stdout, done.stderr) == ("late\n", "")
