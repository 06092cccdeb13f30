"""The whole service remembers: what was said first is in the prompt of a question much later."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from core.settings import CoreSettings, ModelTarget
from deploy import wiring
from deploy.base import Base, connected
from deploy.memory import keeper, rephraser
from deploy.mind import Mind
from deploy.models import models
from deploy.processes import Role, run_all
from tests.builders import a_passage, findings
from tests.fakes.tgi import Answer, FakeTgi
from tests.fakes.walk import ScriptedRetriever
from tests.walk.whole import settings_for

pytestmark = pytest.mark.slow

VERSIONS = "SELECT count(*) FROM memories"
FIRST = "My order is A-1234567."
QUESTIONS = (
    "Which wrapping protects a vase best, paper or cardboard or the foam that is sold in shops?",
    "May I send perfume, batteries, or a bottle of olive oil by plane to my grandmother?",
    "Who signs when nobody is at home, and does the courier come again on the next morning?",
    "Is a bicycle too bulky for you, even when the wheels and the pedals are taken off?",
    "What does insurance for a painting cost, and who says how much the painting is worth?",
    "Where is the nearest counter to the railway station, and is there a place for my car?",
    "Can labels be printed at the counter, because our printer at home has run out of ink?",
    "Do you fetch heavy furniture from the third floor of a house without a lift?",
    "How warm does it get in your vans, since chocolate melts so easily in the summer?",
    "Which form does customs want for used clothes that I send to friends in Canada?",
)


@asynccontextmanager
async def service(dsn: str, model: str) -> AsyncIterator[tuple[str, Base]]:
    """All roles over one model server, with a small budget; its address, and its parts."""
    target = ModelTarget(type="tgi", url=model)
    core = CoreSettings(models=(target,), memory_tokens=400, history=2)
    settings = settings_for(dsn).model_copy(update={"core": core})
    stop, served = asyncio.Event(), asyncio.get_running_loop().create_future()
    async with (
        connected(settings, dsn) as base,
        models(core, base.metrics.registry) as made,
    ):
        mind = Mind(
            retriever=ScriptedRetriever(findings(a_passage())),
            writer=made.writer,
            rephrases=rephraser(core, made),
            keeper=keeper(base, None, made),
        )
        parts = wiring.build(base, [*Role], mind, served.set_result)
        running = asyncio.create_task(run_all(parts, stop))
        try:
            yield await asyncio.wait_for(served, 30), base
        finally:
            stop.set()
            await running


async def ask(url: str, query: str, conversation: str | None = None) -> str:
    """Asks, and returns the conversation."""
    body = {"query": query} | ({"conversation": conversation} if conversation else {})
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{url}/api/v1/chat", json=body) as answer,
    ):
        assert answer.status == 200, await answer.text()
        return (await answer.json())["conversation"]


async def test_what_was_said_first_is_in_a_much_later_prompt(dsn: str) -> None:
    async with (
        FakeTgi(answers=(Answer(text="Parcels take two days. [1]"),)).serve() as model,
        service(dsn, model.url) as (url, base),
    ):
        conversation = await ask(url, f"{FIRST} How long do parcels take to arrive?")
        for question in QUESTIONS:
            await ask(url, question, conversation)
        async with base.database.as_service() as connection, asyncio.timeout(30):
            while not await connection.fetchval(VERSIONS):
                await asyncio.sleep(0.05)
        await ask(url, "How long do parcels take to Norway then?", conversation)
        asked = [json.dumps(prompt) for prompt in model.prompts]

    (last,) = [prompt for prompt in asked if "to Norway then" in prompt and "NO ANSWER" in prompt]
    assert FIRST in last
    assert "Said before, word by word:" in last
    assert "Which wrapping" not in last.split("The conversation so far")[1]
