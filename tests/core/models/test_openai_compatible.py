"""What servers of chat completions differ in; what they share is in the contract's suite."""

import json
from contextlib import aclosing

import openai
import pytest

from core.domain.errors import (
    ModelBusy,
    ModelNotServed,
    ModelUnavailable,
    PromptRefused,
    PromptTooLong,
    SwitchboardError,
)
from core.models.openai_compatible import OpenAiCompatibleModel
from core.models.ports import Said, Sampling
from core.models.served import Served
from core.models.streaming import Deadlines, pool
from tests.fakes.models import Q, a_model, said
from tests.fakes.openai import TOO_LONG, FakeOpenAi
from tests.fakes.tgi import Answer


def body(**error: object) -> bytes:
    return json.dumps({"error": error}).encode()


async def told(fake: FakeOpenAi, **served: object) -> tuple[str, object]:
    async with fake.serve(), pool(Deadlines(), {}) as session:
        where = Served(url=fake.url, model="fake-1", **served)  # type: ignore[arg-type]
        return await said(OpenAiCompatibleModel(where, session, Deadlines()))


async def test_the_fake_server_is_one_to_the_official_client() -> None:
    fake = FakeOpenAi(answers=(Answer(text="It takes three days."),))
    async with (
        fake.serve(),
        openai.AsyncOpenAI(base_url=fake.url, api_key="k", max_retries=0) as client,
    ):
        stream = await client.chat.completions.create(
            model="fake-1",
            messages=[{"role": "user", "content": "Q"}],
            stream=True,
            stream_options={"include_usage": True},
        )
        chunks = [chunk async for chunk in stream]

    assert "".join(c.choices[0].delta.content or "" for c in chunks[:-1]) == "It takes three days."
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage.completion_tokens == 4


async def test_we_ask_for_what_the_official_client_asks_for() -> None:
    fake = FakeOpenAi(key="secret")
    sampling = Sampling(max_tokens=9, temperature=0.5, stop=("a", "b", "c", "d", "e"))
    async with (
        fake.serve(),
        openai.AsyncOpenAI(base_url=fake.url, api_key="secret", max_retries=0) as client,
        pool(Deadlines(), {"authorization": "Bearer secret"}) as session,
    ):
        stream = await client.chat.completions.create(
            model="fake-1",
            messages=[{"role": "user", "content": "Q"}],
            max_tokens=9,
            temperature=0.5,
            stop=["a", "b", "c", "d"],
            stream=True,
            stream_options={"include_usage": True},
        )
        async for _ in stream:
            pass
        model = OpenAiCompatibleModel(Served(url=fake.url, model="fake-1"), session, Deadlines())
        async with aclosing(model.stream(Q, sampling)) as ours:
            async for _ in ours:
                pass

    assert fake.prompts[0] == fake.prompts[1]
    assert fake.requests[0] == fake.requests[1]


@pytest.mark.parametrize(
    ("schema", "strict"),
    [
        ({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"],
          "additionalProperties": False}, True),
        ({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}, False),
        ({"type": "object", "properties": {"a": {"type": "string"}},
          "additionalProperties": False}, False),
        ({"type": "array", "items": {"type": "object"}}, False),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, True),
    ],
)  # fmt: skip
async def test_an_answer_is_held_to_a_schema_as_the_official_client_asks_it(
    schema: dict[str, object], strict: bool
) -> None:
    """Strictly only where OpenAI's servers take the schema so; others refuse no schema."""
    fake = FakeOpenAi()
    async with (
        fake.serve(),
        openai.AsyncOpenAI(base_url=fake.url, api_key="k", max_retries=0) as client,
        pool(Deadlines(), {}) as session,
    ):
        stream = await client.chat.completions.create(
            model="fake-1",
            messages=[
                {"role": "system", "content": "R"},
                {"role": "user", "content": "Q"},
                {"role": "assistant", "content": "A"},
                {"role": "user", "content": "Q"},
            ],
            max_tokens=512,
            temperature=0.0,
            stream=True,
            stream_options={"include_usage": True},
            response_format={
                "type": "json_schema",
                "json_schema": {"name": "answer", "schema": schema, "strict": strict},
            },
        )
        async for _ in stream:
            pass
        model = OpenAiCompatibleModel(Served(url=fake.url, model="fake-1"), session, Deadlines())
        talk = (
            Said(role="system", text="R"), *Q, Said(role="assistant", text="A"), *Q
        )  # fmt: skip
        await said(model, talk, Sampling(schema=schema))

    assert model.guides
    assert fake.prompts[0] == fake.prompts[1]


async def test_azure_s_version_is_in_the_address() -> None:
    fake = FakeOpenAi()

    await told(fake, query={"api-version": "2024-10-21"})

    assert fake.requests == ["POST /v1/chat/completions?api-version=2024-10-21 HTTP/1.1"]


async def test_a_model_that_reasons_is_asked_in_its_way() -> None:
    fake = FakeOpenAi()

    await told(fake, reasons=True)

    assert fake.prompts[0]["max_completion_tokens"] == 4_512
    assert not {"max_tokens", "temperature", "stop"} & fake.prompts[0].keys()


@pytest.mark.parametrize(
    "fake",
    [FakeOpenAi(usage=False), FakeOpenAi(done=False), FakeOpenAi(usage=False, done=False)],
    ids=["no usage", "no [DONE]", "neither"],
)
async def test_a_server_may_leave_formalities_out(fake: FakeOpenAi) -> None:
    text, finished = await told(fake)

    assert (text, finished.tokens) == ("It takes three days. [1]", 5)


async def test_a_server_that_keeps_the_connection_open_after_the_end_is_not_waited_for() -> None:
    end = b'data: {"choices":[{"delta":{"content":"Yes."},"finish_reason":"length"}]}\n\n'

    class Lingering(FakeOpenAi):
        def events(self, answer: Answer) -> list[bytes]:
            return [end, b": nothing more\n\n"]

    fake = Lingering(answers=(Answer(gap_s=100),))
    text, finished = await told(fake)

    assert (text, finished.text, finished.cut) == ("Yes.", "Yes.", True)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(status=400, body=TOO_LONG), PromptTooLong),
        (Answer(status=400, body=body(message="prompt is too long", code=400)), PromptTooLong),
        (Answer(status=400, body=body(type="exceed_context_size_error")), PromptTooLong),
        (Answer(status=400, body=b'{"object": "error", "message": "context length"}'),
         PromptTooLong),
        (Answer(status=400, body=body(code="content_filter")), PromptRefused),
        (Answer(status=429, body=body(code="insufficient_quota")), ModelNotServed),
        (Answer(status=429, body=b'{"error": "too many"}'), ModelBusy),
        (Answer(error={"message": "no", "code": 400}), PromptRefused),
        (Answer(error={"message": "Model is overloaded", "http_status_code": 422}), ModelBusy),
        (Answer(error={"message": "x", "type": "InternalServerError"}), ModelUnavailable),
    ],
)  # fmt: skip
async def test_every_server_s_way_to_refuse_is_understood(
    answer: Answer, error: type[SwitchboardError]
) -> None:
    async with a_model("openai", answer) as (model, _):
        with pytest.raises(error) as raised:
            await said(model)

    assert type(raised.value) is error


async def test_an_answer_that_the_filter_takes_back_is_refused() -> None:
    filtered = b'data: {"choices":[{"delta":{},"finish_reason":"content_filter"}]}\n\n'
    async with a_model("openai", Answer(garbage=filtered)) as (model, _):
        with pytest.raises(PromptRefused):
            await said(model)
