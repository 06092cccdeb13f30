"""Builds what language models do: models behind a router, or extraction alone."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path

import aiohttp
from prometheus_client import CollectorRegistry

from core.answers.say import ApprovedAtLast
from core.grounding.check import Grounds
from core.grounding.guard import Guard
from core.grounding.links import Links
from core.memory.budget import Budget
from core.models import catalogue, read_experiments
from core.models.anthropic import VERSION, AnthropicModel
from core.models.catalogue import Catalogue
from core.models.counting import tokens
from core.models.discovered import DiscoveredTgi
from core.models.experiments import Experiment, Variant
from core.models.extractive import ExtractiveWriter
from core.models.last_resort import LastResortWriter
from core.models.openai_compatible import OpenAiCompatibleModel
from core.models.ports import LanguageModel, Said, Sampling
from core.models.prompt import Prompt
from core.models.router import Policy, Router
from core.models.served import Served
from core.models.streaming import Deadlines, pool
from core.models.targets import Role, Target
from core.models.vary import VariedWriter, Way
from core.models.vocabulary import counter
from core.models.writing import ModelWriter, Style
from core.nlu.embeds import Embeds
from core.ports import Writer
from core.settings import CoreSettings, ModelTarget
from core.telemetry.grounding import GroundingMetrics
from core.telemetry.models import ModelMetrics
from deploy.local import local_model

_YES = (Said(role="user", text="Say yes."),)
_A_WORD = 16
"""Tokens; some servers take no less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """What the models of a deployment are used for."""

    writer: Writer
    """Of answers."""
    light: LanguageModel | None
    """For short work beside answers (summaries, rewritten questions, forms): light ones are asked
    first, and others only where no answer would wait for it. None where there are no models."""
    catalogue: Catalogue


@asynccontextmanager
async def models(
    core: CoreSettings, registry: CollectorRegistry, embeds: Embeds | None = None
) -> AsyncIterator[Models]:
    """Everything that models do, until the end of the block.

    What they write is held against its passages by meaning, too, where `embeds` is given.

    No server is asked yet: one that is away now is asked again when there is something to write.

    Raises:
        SettingsInvalid: prompts or experiments have mistakes.
        SetupError: a model in this process, or a tokenizer, cannot be loaded.
    """
    known, experiments = prompts_of(core), experiments_of(core)
    if not core.models:
        yield Models(writer=ExtractiveWriter(), light=None, catalogue=known)
        return
    metrics = ModelMetrics(registry)
    async with AsyncExitStack() as closing:
        targets = [await closing.enter_async_context(_target(said)) for said in core.models]
        router = Router(targets, Policy(observer=metrics, turn_s=core.model_turn_s))
        guard = Guard(
            grounds=Grounds(embeds),
            links=Links(hosts=frozenset(core.link_hosts)),
            notes=GroundingMetrics(registry),
        )
        making = _Making(core, known, router, guard)
        ways = {"": making.way(Variant(name=""))} | {
            experiment.label(variant): making.way(variant)
            for experiment in experiments
            for variant in experiment.variants
        }
        yield Models(
            writer=VariedWriter(ways, experiments, metrics.answered),
            light=router.beside(),
            catalogue=known,
        )


def prompts_of(core: CoreSettings) -> Catalogue:
    """The prompts that ship and those of the operator's folder.

    Raises:
        SettingsInvalid: every mistake in the folder.
    """
    return catalogue.read(Path(core.prompts) if core.prompts else None)


def experiments_of(core: CoreSettings) -> tuple[Experiment, ...]:
    """The operator's experiments, with prompts and models that there are.

    Raises:
        SettingsInvalid: every mistake in the file.
    """
    if not core.experiments:
        return ()
    names = [name_of(said) for said in core.models]
    return read_experiments.read(Path(core.experiments), prompts_of(core), names)


@dataclass(frozen=True, slots=True)
class _Making:
    """What the writers of all variants share."""

    core: CoreSettings
    known: Catalogue
    router: Router
    guard: Guard

    def way(self, variant: Variant) -> Way:
        """How the conversations of a variant are answered; one writer per prompt."""
        model = self.router.view(only=variant.targets, without=variant.without)
        said = {"temperature": variant.temperature, "max_tokens": variant.max_tokens}
        varied = {name: value for name, value in said.items() if value is not None}
        last = ApprovedAtLast(ExtractiveWriter())

        @cache
        def made(prompt: Prompt) -> Writer:
            usual = Style(
                prompt=prompt,
                company=self.core.company,
                conversation=conversation_budget(self.core),
                turn_s=self.core.model_turn_s,
            )
            style = replace(usual, sampling=replace(usual.sampling, **varied))  # type: ignore[arg-type]
            return LastResortWriter(ModelWriter(model, style, self.guard), last)

        return Way(prompts=self.known.prompts(variant.prompt), writer=made)


def conversation_budget(core: CoreSettings) -> Budget:
    """What a conversation may take up in a prompt."""
    return Budget(tokens=core.memory_tokens, silence=timedelta(hours=core.memory_silence_hours))


async def asked(said: ModelTarget) -> str:
    """The name of the model that this target has, once it has said a word.

    Raises:
        SwitchboardError: it has not.
    """
    async with _target(said) as target:
        probe = Sampling(max_tokens=_A_WORD)
        async with aclosing(target.model.stream(_YES, probe)) as pieces:
            async for _ in pieces:
                pass
        return target.model.name


def name_of(said: ModelTarget) -> str:
    """What the operator knows it by."""
    return said.name or said.model or Path(said.path).name or said.type


@asynccontextmanager
async def _target(said: ModelTarget) -> AsyncIterator[Target]:
    deadlines = Deadlines(
        connect_s=said.connect_s,
        first_token_s=said.first_token_s,
        between_tokens_s=said.between_tokens_s,
    )
    async with _opened(said, deadlines) as model:
        yield Target(
            name=name_of(said),
            model=model,
            role=Role(said.role),
            weight=said.weight,
            at_once=said.at_once,
        )


@asynccontextmanager
async def _opened(said: ModelTarget, deadlines: Deadlines) -> AsyncIterator[LanguageModel]:
    if said.type == "local":
        async with local_model(said.path, deadlines, said.max_prompt_tokens) as model:
            yield model
    else:
        async with pool(deadlines, _headers(said)) as session:
            yield _model(said, session, deadlines)


def _headers(said: ModelTarget) -> dict[str, str]:
    key = said.api_key.get_secret_value()
    extra = {name: value.get_secret_value() for name, value in said.headers.items()}
    bearer = {"authorization": f"Bearer {key}"} if key else {}
    return (VERSION if said.type == "anthropic" else {}) | bearer | extra


def _model(
    said: ModelTarget, session: aiohttp.ClientSession, deadlines: Deadlines
) -> LanguageModel:
    count = counter(Path(said.tokenizer)) if said.tokenizer else tokens
    served = Served(
        url=said.url,
        model=said.model,
        max_prompt_tokens=said.max_prompt_tokens,
        query=said.query,
        reasons=said.reasons,
        count=count,
    )
    match said.type:
        case "tgi":
            return DiscoveredTgi(said.url, session, deadlines, count)
        case "openai":
            return OpenAiCompatibleModel(served, session, deadlines)
        case _:
            return AnthropicModel(served, session, deadlines)
