"""The OpenAI-compatible face, asked by the official client."""

from collections.abc import AsyncIterator

import openai
import pytest

from core.domain.customers import Profile
from core.domain.decisions import PassToAgent
from tests.channels.kit import VOUCHER, Service
from tests.channels.known import known_of

pytestmark = pytest.mark.slow  # real time and many connections: not for make quick


@pytest.fixture
async def client(service: Service) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(
        api_key="none", base_url=f"{service.url}/v1", max_retries=0
    ) as made:
        yield made


def said(*texts: str) -> list[dict]:
    """A history, the user first."""
    roles = ("user", "assistant")
    return [{"role": roles[at % 2], "content": text} for at, text in enumerate(texts)]


async def test_the_official_client_gets_an_answer(client: openai.AsyncOpenAI) -> None:
    got = await client.chat.completions.create(
        model="switchboard", messages=said("Where is it?"), temperature=0.2
    )

    assert got.choices[0].message.content == "You asked: Where is it? [1]"
    assert got.choices[0].finish_reason == "stop"
    assert got.usage is not None
    assert got.usage.total_tokens == got.usage.prompt_tokens + got.usage.completion_tokens > 0
    assert got.switchboard["sources"][0]["title"] == "Delivery"


@pytest.mark.parametrize("deltas", [True, False])
async def test_the_official_client_gets_a_stream(service: Service, client, deltas) -> None:
    service.bot.deltas = deltas
    stream = await client.chat.completions.create(
        model="switchboard",
        messages=said("Where?"),
        stream=True,
        stream_options={"include_usage": True},
    )

    chunks = [chunk async for chunk in stream]

    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert text.strip().endswith("You asked: Where? [1]")
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"
    assert chunks[-1].usage.total_tokens > 0
    assert len({chunk.id for chunk in chunks}) == 1


async def test_a_client_that_sends_its_history_goes_on_in_its_conversation(client) -> None:
    first = await client.chat.completions.create(model="switchboard", messages=said("One"))
    answer = first.choices[0].message.content

    second = await client.chat.completions.create(
        model="switchboard",
        messages=[{"role": "system", "content": "Be kind."}, *said("One", answer, "Two")],
    )

    assert second.switchboard["conversation"] == first.switchboard["conversation"]
    assert second.choices[0].message.content == "You asked: Two [1]"


async def test_a_history_that_has_gone_on_or_never_was_begins_a_conversation(client) -> None:
    first = await client.chat.completions.create(model="switchboard", messages=said("One"))
    history = said("One", first.choices[0].message.content)
    two, fork, foreign, other = [
        await client.chat.completions.create(model="switchboard", messages=messages, user=user)
        for messages, user in [
            ([*history, *said("Two")], openai.NOT_GIVEN),
            ([*history, *said("Three")], openai.NOT_GIVEN),
            (said("One", "Something else", "Two"), openai.NOT_GIVEN),
            ([*history, *said("Two")], "somebody"),
        ]
    ]

    places = [got.switchboard["conversation"] for got in (first, fork, foreign, other)]
    assert two.switchboard["conversation"] == places[0]
    assert len(set(places)) == 4


async def test_metadata_names_the_conversation(client) -> None:
    first = await client.chat.completions.create(model="switchboard", messages=said("One"))
    second = await client.chat.completions.create(
        model="switchboard",
        messages=said("Two"),
        metadata={"conversation": first.switchboard["conversation"]},
    )

    assert second.switchboard["conversation"] == first.switchboard["conversation"]


async def test_a_bot_that_says_nothing_is_an_empty_answer(service: Service, client) -> None:
    service.bot.answers = lambda _: PassToAgent()

    got = await client.chat.completions.create(model="switchboard", messages=said("One"))

    assert got.choices[0].message.content == ""
    assert got.switchboard["decision"] == "pass_to_agent"


async def test_content_in_parts_is_read(client) -> None:
    parts = [{"type": "text", "text": "Where?"}, {"type": "image_url", "image_url": {"url": "x"}}]
    got = await client.chat.completions.create(
        model="switchboard", messages=[{"role": "user", "content": parts}]
    )

    assert got.choices[0].message.content == "You asked: Where? [1]"


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"model": "gpt-4"}, openai.NotFoundError),
        ({"messages": [{"role": "system", "content": "Hi"}]}, openai.UnprocessableEntityError),
        ({"temperature": 3}, openai.UnprocessableEntityError),
        ({"metadata": {"tenant": "nobody"}}, openai.NotFoundError),
    ],
)
async def test_what_cannot_be_asked_is_an_error_the_client_knows(client, changes, kind) -> None:
    asked = {"model": "switchboard", "messages": said("One"), **changes}

    with pytest.raises(kind):
        await client.chat.completions.create(**asked)


async def test_the_models_can_be_listed(client) -> None:
    assert [model.id async for model in client.models.list()] == ["switchboard"]


async def test_each_user_is_a_customer_of_their_own(service: Service, client) -> None:
    for user in ("ann", "bo", "ann", openai.NOT_GIVEN, openai.NOT_GIVEN):
        await client.chat.completions.create(model="switchboard", messages=said("One"), user=user)

    async with service.database.as_service() as connection:
        rows = await connection.fetch("SELECT customer FROM conversations ORDER BY created_at")
    named = [row["customer"] for row in rows]
    assert named[:3] == ["claimed-ann", "claimed-bo", "claimed-ann"]
    assert all(one.startswith("visitor-") for one in named[3:])
    assert named[3] != named[4]


async def test_a_program_with_a_token_says_who_its_user_is(service: Service) -> None:
    async with openai.AsyncOpenAI(
        api_key=VOUCHER, base_url=f"{service.url}/v1", max_retries=0
    ) as client:
        await client.chat.completions.create(
            model="switchboard",
            messages=said("One"),
            user="no",
            extra_body={"customer": {"id": "42", "name": "Ada", "attributes": {"plan": "gold"}}},
        )

    assert await known_of(service.database, "person-42") == Profile(
        name="Ada", attributes={"plan": "gold"}
    )
