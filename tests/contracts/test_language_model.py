"""What every LanguageModel does, each over its own wire, and several behind a router."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager

import pytest

from core.domain.errors import (
    ModelBusy,
    ModelNotServed,
    ModelUnavailable,
    PromptRefused,
    PromptTooLong,
    SwitchboardError,
)
from core.models.ports import LanguageModel, Said, Sampling
from core.models.router import Policy, Router
from core.models.streaming import Deadlines, pool
from core.models.targets import Target
from tests.fakes.anthropic import refused
from tests.fakes.faults import a_full_house
from tests.fakes.models import DIALECTS, Heard, Q, a_model, over, said
from tests.fakes.openai import TOO_LONG
from tests.fakes.tgi import Answer, FakeTgi

Made = Callable[..., AbstractAsyncContextManager[tuple[LanguageModel, FakeTgi]]]
QUICK = Deadlines(first_token_s=0.3, between_tokens_s=0.3)


@pytest.fixture(params=[*DIALECTS, *(f"router over {name}" for name in DIALECTS)])
def made(request: pytest.FixtureRequest) -> Made:
    @asynccontextmanager
    async def make(*answers: Answer, **rest) -> AsyncIterator[tuple[LanguageModel, FakeTgi]]:
        async with a_model(request.param.split()[-1], *answers, **rest) as (model, fake):
            target = Target(name="only", model=model)
            routed = request.param.startswith("router")
            yield Router([target], Policy(observer=Heard())) if routed else model, fake

    return make


@pytest.mark.parametrize(
    "answer",
    [
        Answer(text="三天。 ¡Olé! 🚲"),
        Answer(text="三天。 ¡Olé! 🚲", split_bytes=True),
        Answer(text="三天。 ¡Olé! 🚲", keep_alives=True),
        Answer(text="三天。 ¡Olé! 🚲", gap_s=0.001),
    ],
    ids=["at once", "split bytes", "keep-alives", "token by token"],
)
async def test_the_pieces_are_the_text(made: Made, answer: Answer) -> None:
    async with made(answer) as (model, _):
        pieces, finished = await said(model)

    assert pieces == finished.text == answer.text
    assert (finished.tokens, finished.cut) == (3, False)


async def test_prompts_one_after_another_share_a_connection(made: Made) -> None:
    async with made() as (model, fake):
        for _ in range(5):
            await said(model)

    assert fake.connections == 1


async def test_closing_the_stream_closes_the_connection_to_the_server(made: Made) -> None:
    async with made(Answer(gap_s=0.01, text="word " * 1000)) as (model, fake):
        async with aclosing(model.stream(Q, Sampling())) as stream:
            assert await anext(stream)

        async with asyncio.timeout(5):
            await fake.cancelled.wait()
        assert fake.told < 1000


@pytest.mark.parametrize("answer", [Answer(silent=True), Answer(gap_s=100, text="a b c")])
async def test_a_turn_that_is_cancelled_closes_the_connection(made: Made, answer: Answer) -> None:
    async with made(answer) as (model, fake):
        turn = asyncio.create_task(said(model))
        await fake.until_prompted(1)
        turn.cancel()
        with pytest.raises(asyncio.CancelledError):
            await turn

        async with asyncio.timeout(5):
            await fake.cancelled.wait()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(cut_after=3), ModelUnavailable),
        (Answer(ends_after=3), ModelUnavailable),
        (Answer(garbage=b"<html>Bad Gateway</html>"), ModelUnavailable),
        (Answer(garbage=b"data: {not json}\n\n"), ModelUnavailable),
        (Answer(garbage=b"data: [1, 2]\n\n"), ModelUnavailable),
        (Answer(garbage=b"x" * 1_100_000), ModelUnavailable),
        (Answer(status=302), ModelUnavailable),
        (Answer(status=500, body=b"oops"), ModelUnavailable),
        (Answer(status=502, body=b"<html>Bad Gateway</html>"), ModelUnavailable),
        (Answer(status=503), ModelBusy),
        (Answer(status=429), ModelBusy),
        (Answer(status=401), ModelNotServed),
        (Answer(status=403), ModelNotServed),
        (Answer(status=404), ModelNotServed),
        (Answer(status=413), PromptTooLong),
        (Answer(status=400), PromptRefused),
        (Answer(status=422, body=b"[]"), PromptRefused),
        (Answer(silent=True), ModelUnavailable),
        (Answer(gap_s=100, text="a b c"), ModelUnavailable),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
async def test_a_fault_is_an_error_of_ours(
    made: Made, answer: Answer, error: type[SwitchboardError]
) -> None:
    async with made(answer, deadlines=QUICK) as (model, _):
        with pytest.raises(error) as raised:
            await said(model)

    assert type(raised.value) is error


async def test_the_server_is_well_again_after_a_fault(made: Made) -> None:
    async with made(Answer(status=500), Answer(status=500), Answer(text="Well.")) as (model, fake):
        while len(fake.prompts) < 2:  # a router tries twice by itself
            with pytest.raises(ModelUnavailable):
                await said(model)

        assert (await said(model))[0] == "Well."


@pytest.mark.parametrize(("retry_after", "seconds"), [("7", 7.0), ("soon", None), ("", None)])
async def test_a_busy_server_says_when_to_come_back(
    made: Made, retry_after: str, seconds: float | None
) -> None:
    async with made(Answer(status=429, retry_after=retry_after)) as (model, _):
        with pytest.raises(ModelBusy) as raised:
            await said(model)

    assert raised.value.retry_after_s == seconds


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=400, body=TOO_LONG),
        Answer(status=500, body=b"the customer wrote: SESAME"),
        Answer(status=422, body=b'{"error": "SESAME", "error_type": "validation"}'),
        Answer(status=400, body=refused("invalid_request_error", "SESAME")),
        Answer(garbage=b'data: {"x": "SESAME\n\n'),
    ],
)
async def test_what_the_server_says_is_in_no_error(made: Made, answer: Answer) -> None:
    async with made(answer) as (model, _):
        with pytest.raises(SwitchboardError) as raised:
            await said(model, (Said(role="user", text="SESAME"),))

    assert "SESAME" not in str(raised.value)


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_server_that_takes_no_connection_is_given_up_in_time(dialect: str) -> None:
    limits = Deadlines(connect_s=0.2, first_token_s=20)
    async with a_full_house() as url, pool(limits, {}) as session:
        begun = asyncio.get_running_loop().time()
        with pytest.raises(ModelUnavailable):
            await said(over(dialect, url, session, limits, "full"))

    assert asyncio.get_running_loop().time() - begun < 5
