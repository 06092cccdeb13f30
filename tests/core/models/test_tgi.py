import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest

from core.domain.errors import (
    ModelBusy,
    ModelNotServed,
    ModelUnavailable,
    PromptRefused,
    PromptTooLong,
    SwitchboardError,
)
from core.models.ports import Finished, Sampling
from core.models.streaming import Deadlines
from core.models.tgi import TgiModel
from tests.fakes.tgi import OVERLOADED, VALIDATION, Answer, FakeTgi


@asynccontextmanager
async def a_model(
    *answers: Answer, key: str = "", our_key: str = "", deadlines: Deadlines | None = None
) -> AsyncIterator[tuple[TgiModel, FakeTgi]]:
    fake = FakeTgi(answers=answers or (Answer(),), key=key)
    async with (
        fake.serve(),
        TgiModel.connect(fake.url, key=our_key, deadlines=deadlines) as model,
    ):
        yield model, fake


async def said(model: TgiModel, prompt: str = "Q") -> tuple[str, Finished]:
    async with aclosing(model.stream(prompt, Sampling())) as stream:
        *pieces, finished = [piece async for piece in stream]
    assert isinstance(finished, Finished)
    return "".join(str(piece) for piece in pieces), finished


async def test_the_server_says_who_it_is() -> None:
    async with a_model() as (model, _):
        assert (model.name, model.max_prompt_tokens) == ("fake/tiny", 1000)


async def test_the_pieces_are_the_text() -> None:
    async with a_model(Answer(text="It takes three days.")) as (model, _):
        pieces, finished = await said(model)

    assert pieces == finished.text == "It takes three days."
    assert (finished.tokens, finished.cut) == (4, False)


async def test_the_request_is_what_the_server_documents() -> None:
    sampling = Sampling(max_tokens=9, temperature=0.5, stop=("a", "b", "c", "d", "e"))
    async with a_model() as (model, fake):
        async with aclosing(model.stream("Q", sampling)) as stream:
            async for _ in stream:
                pass
        await said(model, "R")

    assert fake.prompts[0] == {
        "inputs": "Q",
        "stream": True,
        "parameters": {
            "details": True,
            "max_new_tokens": 9,
            "temperature": 0.5,
            "do_sample": True,
            "stop": ["a", "b", "c", "d"],
        },
    }
    assert "temperature" not in fake.prompts[1]["parameters"]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(text="三天。 ¡Olé! 🚲", split_bytes=True),
        Answer(text="三天。 ¡Olé! 🚲", keep_alives=True),
        Answer(text="三天。 ¡Olé! 🚲", spaced=True),
        Answer(text="三天。 ¡Olé! 🚲", gap_s=0.001),
    ],
    ids=["split bytes", "keep-alives", "a space after data", "token by token"],
)
async def test_the_text_comes_whole_however_the_bytes_come(answer: Answer) -> None:
    async with a_model(answer) as (model, _):
        pieces, finished = await said(model)

    assert pieces == finished.text == answer.text


async def test_prompts_one_after_another_share_a_connection() -> None:
    async with a_model() as (model, fake):
        for _ in range(5):
            await said(model)

    assert fake.connections == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(error=OVERLOADED), ModelBusy),
        (Answer(error=VALIDATION), PromptTooLong),
        (Answer(error={"error": "x", "error_type": "generation"}), ModelUnavailable),
        (Answer(cut_after=2), ModelUnavailable),
        (Answer(ends_after=2), ModelUnavailable),
        (Answer(status=401), ModelNotServed),
        (Answer(status=429), ModelBusy),
        (Answer(status=422, body=b'{"error": "x", "error_type": "validation"}'), PromptRefused),
        (Answer(status=502, body=b"<html>Bad Gateway</html>"), ModelUnavailable),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
async def test_a_fault_is_an_error_of_ours(answer: Answer, error: type[SwitchboardError]) -> None:
    async with a_model(answer) as (model, _):
        with pytest.raises(error) as raised:
            await said(model)

    assert type(raised.value) is error


@pytest.mark.parametrize(
    ("answer", "deadlines"),
    [
        (Answer(silent=True), Deadlines(first_token_s=0.5)),
        (Answer(gap_s=100), Deadlines(between_tokens_s=0.05)),
    ],
    ids=["first", "next"],
)
async def test_a_token_that_does_not_come_is_not_waited_for(
    answer: Answer, deadlines: Deadlines
) -> None:
    async with a_model(answer, deadlines=deadlines) as (model, _):
        with pytest.raises(ModelUnavailable, match="took too long"):
            await said(model)


async def test_the_server_is_well_again_after_a_fault() -> None:
    async with a_model(Answer(cut_after=1), Answer(text="Well.")) as (model, _):
        with pytest.raises(ModelUnavailable):
            await said(model)

        assert (await said(model))[0] == "Well."


async def test_closing_the_stream_cancels_the_generation() -> None:
    async with a_model(Answer(gap_s=0.01, text="word " * 1000)) as (model, fake):
        async with aclosing(model.stream("Q", Sampling())) as stream:
            assert await anext(stream)

        async with asyncio.timeout(5):
            await fake.cancelled.wait()


async def test_a_key_is_sent() -> None:
    async with a_model(key="secret", our_key="secret") as (model, _):
        assert (await said(model))[0]


async def test_a_wrong_key_is_said_at_the_start() -> None:
    with pytest.raises(ModelUnavailable, match="refused our key"):
        async with a_model(key="secret", our_key="other"):
            pass


async def test_a_server_that_is_not_there_is_said_at_the_start() -> None:
    fake = FakeTgi()
    async with fake.serve():
        url = fake.url

    with pytest.raises(ModelUnavailable, match="no model server answers"):
        async with TgiModel.connect(url):
            pass
