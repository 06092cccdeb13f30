import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from core.domain.errors import (
    ModelBusy,
    ModelNotServed,
    ModelUnavailable,
    PromptRefused,
    PromptTooLong,
    SwitchboardError,
)
from core.models.ports import Said, Sampling
from core.models.streaming import Deadlines
from core.models.tgi import TgiModel
from tests.fakes.models import Q, said
from tests.fakes.tgi import OVERLOADED, VALIDATION, Answer, FakeTgi


@asynccontextmanager
async def a_model(
    *answers: Answer,
    our_key: str = "",
    deadlines: Deadlines | None = None,
    **how: Any,
) -> AsyncIterator[tuple[TgiModel, FakeTgi]]:
    fake = FakeTgi(answers=answers or (Answer(),), **how)
    async with (
        fake.serve(),
        TgiModel.connect(fake.url, key=our_key, deadlines=deadlines) as model,
    ):
        yield model, fake


async def test_the_server_says_who_it_is() -> None:
    async with a_model() as (model, _):
        assert (model.name, model.room(Sampling())) == ("fake/tiny", 1000)


async def test_the_pieces_are_the_text() -> None:
    async with a_model(Answer(text="It takes three days.")) as (model, _):
        pieces, finished = await said(model)

    assert pieces == finished.text == "It takes three days."
    assert (finished.tokens, finished.cut) == (4, False)


RECORDED = Path(__file__).with_name("recorded")
RULED = (Said(role="system", text="Be kind."), Said(role="user", text="Q"))
SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}}
FIRM = Sampling(max_tokens=9, temperature=0.5, stop=("a", "b", "c", "d", "e"), schema=SCHEMA)


async def test_a_talk_is_asked_over_the_server_s_own_template() -> None:
    async with a_model() as (model, fake):
        await said(model, RULED, FIRM)
        await said(model)

    assert fake.prompts[0] == {
        "model": "tgi",
        "messages": [
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": "Q"},
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": 9,
        "temperature": 0.5,
        "stop": ["a", "b", "c", "d"],
        "response_format": {"type": "json", "value": SCHEMA},
    }
    assert fake.prompts[1]["temperature"] == 0  # the server writes by chance when it is not said
    assert "response_format" not in fake.prompts[1]


@pytest.mark.parametrize(("recorded", "tokens"), [("usage", 3), ("nousage", 2)])
async def test_what_a_server_of_3_1_said_is_read(recorded: str, tokens: int) -> None:
    """Recorded by TGI's own integration tests, Apache-2.0."""
    lines = (RECORDED / f"tgi_chat_{recorded}.jsonl").read_bytes().splitlines()
    stream = b"".join(b"data: " + line + b"\n\n" for line in lines) + b"data: [DONE]\n\n"
    async with a_model(Answer(garbage=stream)) as (model, _):
        text, finished = await said(model)

    assert text == finished.text == "OK!"
    assert (finished.tokens, finished.cut) == (tokens, False)


@pytest.mark.parametrize("template", ["whole", "none"])
async def test_the_word_before_which_it_stops_is_not_in_the_answer(template: str) -> None:
    async with a_model(Answer(text="Three days.\nUser:"), template=template) as (model, _):
        _, finished = await said(model, RULED, Sampling(stop=("\nUser:",)))

    assert finished.text == "Three days."


async def test_a_model_without_a_template_is_asked_in_one_text() -> None:
    async with a_model(template="none") as (model, fake):
        text, _ = await said(model, RULED, FIRM)
        await said(model, RULED)

    assert text == "It takes three days. [1]"
    assert fake.prompts[0] == {
        "inputs": "Be kind.\n\nUser: Q\n\nAssistant:",
        "stream": True,
        "parameters": {
            "details": True,
            "max_new_tokens": 9,
            "temperature": 0.5,
            "do_sample": True,
            "stop": ["a", "b", "c", "d"],
            "grammar": {"type": "json", "value": SCHEMA},
        },
    }
    assert len(fake.requests) == 4, "what it takes is learnt once"
    assert "temperature" not in fake.prompts[1]["parameters"]


async def test_a_template_that_knows_no_system_gets_the_rules_from_the_user() -> None:
    async with a_model(template="no system") as (model, fake):
        await said(model, RULED)

    assert fake.prompts[-1]["messages"] == [{"role": "user", "content": "Be kind.\n\nQ"}]


async def test_a_server_older_than_talks_is_asked_in_one_text() -> None:
    class Older(FakeTgi):
        def is_prompt(self, request: str) -> bool:
            return request.startswith("POST /generate_stream ")

    fake = Older(answers=(Answer(text="Well."),))
    async with fake.serve(), TgiModel.connect(fake.url) as model:
        assert (await said(model))[0] == "Well."


async def test_a_missing_page_is_no_lasting_reason_to_give_up_talking() -> None:
    async with a_model(Answer(status=404), Answer(status=404), Answer(status=404), Answer()) as (
        model, fake
    ):  # fmt: skip
        with pytest.raises(ModelNotServed):
            await said(model)
        await said(model)

    assert "messages" in fake.prompts[-1]


async def test_talk_and_answer_together_fit_into_what_the_server_reads() -> None:
    async with a_model() as (model, _):
        assert model.room(Sampling(max_tokens=100)) == 1000
        assert model.room(Sampling(max_tokens=1200)) == 800
        assert model.room(Sampling(max_tokens=9000)) == 1
        assert model.at_once == 128


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
        (Answer(error={"error": "Request failed during generation: x"}), ModelUnavailable),
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
        async with aclosing(model.stream(Q, Sampling())) as stream:
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
