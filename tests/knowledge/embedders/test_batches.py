"""Calls that wait together share a run, and do not disturb one another."""

import asyncio
import threading
from collections.abc import Sequence

import numpy as np
import pytest

from knowledge.embedders.batches import SharedThread
from knowledge.ports import Vectors


class HeldModel:
    """Keeps the runs it was given; the first one waits to be let go."""

    def __init__(self) -> None:
        self.runs: list[tuple[str, ...]] = []
        self.begun = threading.Event()
        self.go = threading.Event()

    def __call__(self, texts: Sequence[str]) -> Vectors:
        self.runs.append(tuple(texts))
        self.begun.set()
        self.go.wait(10)
        if "broken" in texts:
            raise ValueError("broken")
        return np.array([[float(text)] for text in texts], np.float32)


@pytest.fixture
def model() -> HeldModel:
    return HeldModel()


async def held(model: HeldModel, thread: SharedThread, *texts: str) -> list[asyncio.Task[Vectors]]:
    """Calls of one text each, the first of them being run."""
    first = asyncio.create_task(thread.embed(texts[:1]))
    await asyncio.to_thread(model.begun.wait, 10)
    rest = [asyncio.create_task(thread.embed((text,))) for text in texts[1:]]
    await asyncio.sleep(0)
    return [first, *rest]


async def test_what_waits_is_run_together(model: HeldModel) -> None:
    thread = SharedThread(model, name="test", most=3)
    calls = await held(model, thread, "1", "2", "3", "4", "5")

    model.go.set()
    answers = await asyncio.gather(*calls)

    assert model.runs == [("1",), ("2", "3", "4"), ("5",)]
    assert [float(answer[0, 0]) for answer in answers] == [1, 2, 3, 4, 5]
    thread.close()


async def test_a_cancelled_call_is_left_out(model: HeldModel) -> None:
    thread = SharedThread(model, name="test", most=8)
    calls = await held(model, thread, "1", "2", "3")

    calls[1].cancel()
    await asyncio.gather(calls[1], return_exceptions=True)
    model.go.set()
    answers = await asyncio.gather(*calls, return_exceptions=True)

    assert model.runs == [("1",), ("3",)]
    assert isinstance(answers[1], asyncio.CancelledError)
    thread.close()


async def test_a_run_that_fails_is_told_to_its_callers_and_the_next_one_goes_on(
    model: HeldModel,
) -> None:
    thread = SharedThread(model, name="test", most=1)
    calls = await held(model, thread, "1", "broken", "3")

    model.go.set()
    answers = await asyncio.gather(*calls, return_exceptions=True)

    assert isinstance(answers[1], ValueError)
    assert float(answers[2][0, 0]) == 3
    thread.close()


async def test_a_run_that_fails_fails_no_call_of_another_run(model: HeldModel) -> None:
    thread = SharedThread(model, name="test", most=2)
    calls = await held(model, thread, "1", "broken", "3", "4", "5")

    model.go.set()
    answers = await asyncio.gather(*calls, return_exceptions=True)

    assert model.runs == [("1",), ("broken", "3"), ("4", "5")]
    assert [isinstance(answer, ValueError) for answer in answers] == [
        False, True, True, False, False
    ]  # fmt: skip
    thread.close()


async def test_who_asks_for_much_is_served_in_turn_and_holds_up_nobody_who_came_before(
    model: HeldModel,
) -> None:
    thread = SharedThread(model, name="test", most=4)
    calls = await held(model, thread, "1", "2", "3")
    calls.append(asyncio.create_task(thread.embed(("10", "11", "12", "13", "14"))))
    calls.append(asyncio.create_task(thread.embed(("4",))))
    await asyncio.sleep(0)

    model.go.set()
    answers = await asyncio.gather(*calls)

    assert model.runs == [("1",), ("2", "3"), ("10", "11", "12", "13", "14"), ("4",)]
    assert [len(answer) for answer in answers] == [1, 1, 1, 5, 1]
    thread.close()


async def test_a_call_that_is_cancelled_in_its_run_leaves_the_others_their_answers(
    model: HeldModel,
) -> None:
    thread = SharedThread(model, name="test", most=4)
    calls = await held(model, thread, "1", "2", "3")

    calls[0].cancel()
    await asyncio.gather(calls[0], return_exceptions=True)
    model.go.set()
    answers = await asyncio.gather(*calls, return_exceptions=True)

    assert isinstance(answers[0], asyncio.CancelledError)
    assert [float(answer[0, 0]) for answer in answers[1:]] == [2, 3]
    thread.close()


async def test_a_call_to_an_idle_model_waits_for_no_company(model: HeldModel) -> None:
    thread = SharedThread(model, name="test", most=8)
    model.go.set()

    for text in ("1", "2", "3"):
        await thread.embed((text,))

    assert model.runs == [("1",), ("2",), ("3",)]
    thread.close()
