"""A model in this process keeps the promises of one behind a server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest

from core.domain.errors import ModelBusy, ModelUnavailable, PromptTooLong
from core.models.local.model import LocalModel
from core.models.ports import Finished, Said, Sampling
from core.models.streaming import Deadlines
from tests.fakes.engine import FakeEngine

TALK = (Said(role="user", text="How long?"),)
QUICK = Deadlines(first_token_s=0.05, between_tokens_s=0.05)


@asynccontextmanager
async def a_model(
    engine: FakeEngine, deadlines: Deadlines | None = None, most: int = 1_000
) -> AsyncIterator[LocalModel]:
    async with LocalModel.opened(engine, deadlines or Deadlines(), most) as model:
        yield model


async def said(model: LocalModel, sampling: Sampling | None = None) -> tuple[list[str], Finished]:
    pieces = [piece async for piece in model.stream(TALK, sampling or Sampling())]
    assert isinstance(pieces[-1], Finished)
    return [piece for piece in pieces if isinstance(piece, str)], pieces[-1]


async def test_the_pieces_are_the_text() -> None:
    text = "三天。 ¡Olé! 🚲"
    async with a_model(FakeEngine(text=text)) as model:
        pieces, finished = await said(model)

    assert "".join(pieces) == finished.text == text
    assert len(pieces) == len(text)
    assert (finished.tokens, finished.cut) == (len(text.encode()) + 1, False)


async def test_an_answer_that_is_too_long_is_cut() -> None:
    async with a_model(FakeEngine()) as model:
        pieces, finished = await said(model, Sampling(max_tokens=4))

    assert ("".join(pieces), finished.tokens, finished.cut) == ("It t", 4, True)


async def test_a_stop_word_ends_the_writing() -> None:
    engine = FakeEngine(text="It does.\nCustomer: why?", never_ends=True)
    async with a_model(engine) as model:
        _, finished = await said(model, Sampling(stop=("\nCustomer:",)))

    assert (finished.text, finished.cut) == ("It does.", False)


async def test_half_of_a_narrow_window_stays_for_the_talk() -> None:
    engine = FakeEngine(window=100, never_ends=True)
    async with a_model(engine) as model:
        _, finished = await said(model)

        assert (finished.tokens, model.room(Sampling())) == (50, 50)
        with pytest.raises(PromptTooLong) as long:
            await anext(model.stream((Said(role="user", text="a" * 50),), Sampling()))
    assert long.value.most_tokens == 50


async def test_the_operator_may_let_it_read_less() -> None:
    async with a_model(FakeEngine(), most=30) as model:
        assert model.room(Sampling(max_tokens=10)) == 30
        assert model.room(Sampling(max_tokens=980)) == 30
        with pytest.raises(PromptTooLong):
            await anext(model.stream((Said(role="user", text="a" * 30),), Sampling()))


async def test_closing_the_stream_stops_the_writing_within_a_token() -> None:
    engine = FakeEngine(hangs_after=3)
    async with a_model(engine) as model:
        async with aclosing(model.stream(TALK, Sampling())) as stream:
            assert await anext(stream) == "I"

        engine.text = "Well."
        engine.hangs_after = None
        assert (await said(model))[1].text == "Well."
    assert engine.told <= 3 + len("Well.") + 1


async def test_a_turn_that_is_cancelled_stops_the_writing() -> None:
    engine = FakeEngine(hangs_after=0)
    async with a_model(engine) as model:
        turn = asyncio.create_task(said(model))
        while not engine.orders:
            await asyncio.sleep(0)
        turn.cancel()
        with pytest.raises(asyncio.CancelledError):
            await turn
    assert engine.told == 0


async def test_a_service_that_stops_waits_for_no_answer() -> None:
    engine = FakeEngine(hangs_after=1)
    async with a_model(engine) as model:
        forgotten, waiting = (model.stream(TALK, Sampling()) for _ in range(2))
        assert await anext(forgotten) == "I"
        behind = asyncio.ensure_future(anext(waiting))
        await asyncio.sleep(0)

    assert len(engine.orders) == 1
    with pytest.raises(ModelBusy):
        await behind
    with pytest.raises(ModelUnavailable, match="broke off"):
        await anext(forgotten)


async def test_who_comes_when_too_many_are_inside_finds_it_busy() -> None:
    engine = FakeEngine(hangs_after=1)
    async with a_model(engine) as model:
        turns = [asyncio.create_task(said(model)) for _ in range(4)]
        while not engine.orders:
            await asyncio.sleep(0)
        with pytest.raises(ModelBusy):
            await said(model)

        engine.go_on.set()
        for turn in turns:
            assert (await turn)[1].text == engine.text
        assert (await said(model))[1].text == engine.text


async def test_waiting_behind_others_is_no_failure_of_the_model() -> None:
    engine = FakeEngine(hangs_after=1)
    async with a_model(engine) as model:
        patient = Sampling(until=asyncio.get_running_loop().time() + 60)
        before = asyncio.create_task(said(model, patient))
        while not engine.orders:
            await asyncio.sleep(0)

        with pytest.raises(ModelBusy):
            await said(model, Sampling(until=asyncio.get_running_loop().time() + 0.02))

        engine.go_on.set()
        await before
    assert len(engine.orders) == 1


@pytest.mark.parametrize("hangs_after", [0, 2])
async def test_a_token_that_is_late_makes_the_model_unavailable(hangs_after: int) -> None:
    engine = FakeEngine(hangs_after=hangs_after)
    async with a_model(engine, QUICK) as model:
        with pytest.raises(ModelUnavailable) as late:
            await said(model)

        assert isinstance(late.value.__cause__, TimeoutError)
        engine.hangs_after = None
        assert (await said(model))[1].text == engine.text


async def test_a_turn_has_the_last_word_on_time() -> None:
    engine = FakeEngine(hangs_after=2)
    async with a_model(engine) as model:
        with pytest.raises(ModelUnavailable):
            await said(model, Sampling(until=asyncio.get_running_loop().time() + 0.05))


async def test_a_fault_is_an_error_of_ours() -> None:
    engine = FakeEngine(broken=True)
    async with a_model(engine) as model:
        with pytest.raises(ModelUnavailable) as raised:
            await said(model)
        assert "memory" not in str(raised.value)

        engine.broken = False
        assert (await said(model))[1].text == engine.text


async def test_it_says_what_it_is() -> None:
    async with a_model(FakeEngine()) as model:
        assert (model.name, model.guides, model.at_once) == ("fake-engine", False, 1)
        assert model.count("三天") == 6
