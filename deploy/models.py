"""Builds the writer of answers from the settings: models behind a router, or extraction alone."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager

import aiohttp
from prometheus_client import CollectorRegistry

from core.models.anthropic import VERSION, AnthropicModel
from core.models.discovered import DiscoveredTgi
from core.models.extractive import ExtractiveWriter
from core.models.last_resort import LastResortWriter
from core.models.openai_compatible import OpenAiCompatibleModel
from core.models.ports import LanguageModel, Sampling
from core.models.prompt import Prompt
from core.models.router import Policy, Router
from core.models.served import Served
from core.models.streaming import Deadlines, pool
from core.models.targets import Role, Target
from core.models.writing import ModelWriter, Style
from core.ports import Writer
from core.settings import CoreSettings, ModelTarget
from core.telemetry.models import ModelMetrics

_A_WORD = 16
"""Tokens; some servers take no less."""


@asynccontextmanager
async def writer(core: CoreSettings, registry: CollectorRegistry) -> AsyncIterator[Writer]:
    """Who writes the answers, until the end of the block.

    No server is asked yet: one that is away now is asked again when there is something to write.
    """
    last = ExtractiveWriter()
    if not core.models:
        yield last
        return
    metrics = ModelMetrics(registry)
    async with AsyncExitStack() as closing:
        targets = [await closing.enter_async_context(_target(said)) for said in core.models]
        router = Router(targets, Policy(observer=metrics, turn_s=core.model_turn_s))
        style = Style(prompt=Prompt.load("answer"), company=core.company, turn_s=core.model_turn_s)
        yield LastResortWriter(ModelWriter(router, style), last, metrics.answered)


async def asked(said: ModelTarget) -> str:
    """The name of the model that this target has, once it has said a word.

    Raises:
        SwitchboardError: it has not.
    """
    async with _target(said) as target:
        probe = Sampling(max_tokens=_A_WORD)
        async with aclosing(target.model.stream("Say yes.", probe)) as pieces:
            async for _ in pieces:
                pass
        return target.model.name


def name_of(said: ModelTarget) -> str:
    """What the operator knows it by."""
    return said.name or said.model or said.type


@asynccontextmanager
async def _target(said: ModelTarget) -> AsyncIterator[Target]:
    deadlines = Deadlines(
        connect_s=said.connect_s,
        first_token_s=said.first_token_s,
        between_tokens_s=said.between_tokens_s,
    )
    async with pool(deadlines, _headers(said)) as session:
        yield Target(
            name=name_of(said),
            model=_model(said, session, deadlines),
            role=Role(said.role),
            weight=said.weight,
            at_once=said.at_once,
        )


def _headers(said: ModelTarget) -> dict[str, str]:
    key = said.api_key.get_secret_value()
    extra = {name: value.get_secret_value() for name, value in said.headers.items()}
    bearer = {"authorization": f"Bearer {key}"} if key else {}
    return (VERSION if said.type == "anthropic" else {}) | bearer | extra


def _model(
    said: ModelTarget, session: aiohttp.ClientSession, deadlines: Deadlines
) -> LanguageModel:
    served = Served(
        url=said.url,
        model=said.model,
        max_prompt_tokens=said.max_prompt_tokens,
        query=said.query,
        reasons=said.reasons,
    )
    match said.type:
        case "tgi":
            return DiscoveredTgi(said.url, session, deadlines)
        case "openai":
            return OpenAiCompatibleModel(served, session, deadlines)
        case "anthropic":
            return AnthropicModel(served, session, deadlines)
