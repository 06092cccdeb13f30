"""What is Anthropic's own; what it shares with others is in the contract's suite."""

from contextlib import aclosing

import anthropic
import pytest

from core.domain.errors import (
    ModelBusy,
    ModelNotServed,
    ModelUnavailable,
    PromptRefused,
    PromptTooLong,
    SwitchboardError,
)
from core.models.anthropic import VERSION, AnthropicModel
from core.models.ports import Said, Sampling
from core.models.served import Served
from core.models.streaming import Deadlines, pool
from tests.fakes.anthropic import FakeAnthropic, refused
from tests.fakes.models import Q, a_model, said
from tests.fakes.tgi import Answer


async def told(fake: FakeAnthropic, limits: Deadlines | None = None):
    async with fake.serve(), pool(Deadlines(), VERSION) as session:
        served = Served(url=fake.url, model="fake-claude")
        return await said(AnthropicModel(served, session, limits or Deadlines()))


async def test_the_fake_server_is_one_to_the_official_client() -> None:
    fake = FakeAnthropic(answers=(Answer(text="It takes three days."),), key="secret", pings=True)
    async with (
        fake.serve(),
        anthropic.AsyncAnthropic(base_url=fake.url, api_key="secret", max_retries=0) as client,
        client.messages.stream(
            model="fake-claude", max_tokens=9, messages=[{"role": "user", "content": "Q"}]
        ) as stream,
    ):
        message = await stream.get_final_message()

    assert message.content[0].text == "It takes three days."
    assert (message.stop_reason, message.usage.output_tokens) == ("end_turn", 4)


async def test_we_ask_for_what_the_official_client_asks_for() -> None:
    fake = FakeAnthropic(key="secret")
    sampling = Sampling(max_tokens=9, stop=("a", "b"))
    async with (
        fake.serve(),
        anthropic.AsyncAnthropic(base_url=fake.url, api_key="secret", max_retries=0) as client,
        pool(Deadlines(), {**VERSION, "authorization": "Bearer secret"}) as session,
    ):
        stream = await client.messages.create(
            model="fake-claude",
            max_tokens=9,
            stop_sequences=["a", "b"],
            messages=[{"role": "user", "content": "Q"}],
            stream=True,
        )
        async for _ in stream:
            pass
        model = AnthropicModel(Served(url=fake.url, model="fake-claude"), session, Deadlines())
        async with aclosing(model.stream(Q, sampling)) as ours:
            async for _ in ours:
                pass

    assert fake.prompts[0] == fake.prompts[1]
    assert fake.requests[0] == fake.requests[1]


async def test_rules_and_form_are_asked_for_as_the_official_client_asks() -> None:
    fake = FakeAnthropic()
    schema = {"type": "object", "properties": {}, "additionalProperties": False}
    talk = (
        Said(role="system", text="R"),
        Said(role="assistant", text="Hello"),
        *Q,
        *Q,
        Said(role="system", text="S"),
        Said(role="assistant", text="A"),
        *Q,
    )
    async with (
        fake.serve(),
        anthropic.AsyncAnthropic(base_url=fake.url, api_key="k", max_retries=0) as client,
        pool(Deadlines(), VERSION) as session,
    ):
        stream = await client.messages.create(
            model="fake-claude",
            max_tokens=512,
            system="R\n\nS",
            messages=[
                {"role": "user", "content": "(The talk begins.)"},
                {"role": "assistant", "content": "Hello"},
                {"role": "user", "content": "Q\n\nQ"},
                {"role": "assistant", "content": "A"},
                {"role": "user", "content": "Q"},
            ],
            output_config={"format": {"type": "json_schema", "schema": schema}},
            stream=True,
        )
        async for _ in stream:
            pass
        model = AnthropicModel(Served(url=fake.url, model="fake-claude"), session, Deadlines())
        await said(model, talk, Sampling(schema=schema))

    assert model.guides
    assert fake.prompts[0] == fake.prompts[1]


async def test_pings_are_passed_over() -> None:
    text, finished = await told(FakeAnthropic(pings=True))

    assert (text, finished.tokens) == ("It takes three days. [1]", 5)


async def test_a_server_that_only_pings_is_too_slow() -> None:
    class Pinging(FakeAnthropic):
        def events(self, answer: Answer) -> list[bytes]:
            return [b'event: ping\ndata: {"type": "ping"}\n\n'] * 10_000

    fake = Pinging(answers=(Answer(gap_s=0.01),))
    with pytest.raises(ModelUnavailable, match="too long"):
        await told(fake, Deadlines(first_token_s=0.2))


@pytest.mark.parametrize("reason", ["max_tokens", "model_context_window_exceeded"])
async def test_an_answer_that_reached_its_longest_is_cut(reason: str) -> None:
    _, finished = await told(FakeAnthropic(stop_reason=reason))

    assert finished.cut


async def test_a_model_that_declines_has_refused() -> None:
    with pytest.raises(PromptRefused):
        await told(FakeAnthropic(stop_reason="refusal"))


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(status=400, body=refused("invalid_request_error", "prompt is too long: 9 > 8")),
         PromptTooLong),
        (Answer(status=400, body=refused("invalid_request_error")), PromptRefused),
        (Answer(status=413, body=refused("request_too_large")), PromptTooLong),
        (Answer(status=401, body=refused("authentication_error")), ModelNotServed),
        (Answer(status=429, body=refused("rate_limit_error")), ModelBusy),
        (Answer(status=529, body=refused("overloaded_error")), ModelBusy),
        (Answer(error={"type": "overloaded_error", "message": "Overloaded"}), ModelBusy),
        (Answer(error={"type": "api_error", "message": "x"}), ModelUnavailable),
    ],
)  # fmt: skip
async def test_every_way_to_refuse_is_understood(
    answer: Answer, error: type[SwitchboardError]
) -> None:
    async with a_model("anthropic", answer) as (model, _):
        with pytest.raises(error) as raised:
            await said(model)

    assert type(raised.value) is error
