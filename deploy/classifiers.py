"""Puts models of the operator's own in the place of the heads that come with the service."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from core.domain.errors import SetupError
from core.models.streaming import Deadlines, pool
from core.nlu.classifiers.feelings import ClassifiedFeelings
from core.nlu.classifiers.guarded import Guarded
from core.nlu.classifiers.intents import ClassifiedIntents
from core.nlu.classifiers.scores import Classifies, Meanings
from core.nlu.classifiers.served import ServedAt, ServedClassifier
from core.nlu.intents.tenants import TenantHeads
from core.nlu.ports import Feels, JudgesIntents
from core.settings import ClassifierSettings

if TYPE_CHECKING:
    from core.nlu.classifiers.pipeline import PipelineClassifier


@asynccontextmanager
async def intents_by(
    said: ClassifierSettings | None, heads: TenantHeads
) -> AsyncIterator[JudgesIntents]:
    """Who takes messages for intents, until the end of the block; without a model the heads do.

    Raises:
        SetupError: there is no such model here, or what it needs is not installed.
    """
    if said is None:
        yield heads
        return
    async with _guarded(said, "intent_model") as classifier:
        yield ClassifiedIntents(classifier, _meanings(said), heads, said.at_least)


@asynccontextmanager
async def feelings_by(said: ClassifierSettings | None, shipped: Feels) -> AsyncIterator[Feels]:
    """Who tells feelings, until the end of the block; without a model the shipped judge does.

    Raises:
        SetupError: there is no such model here, or what it needs is not installed.
    """
    if said is None:
        yield shipped
        return
    async with _guarded(said, "emotion_model") as classifier:
        yield ClassifiedFeelings(classifier, _meanings(said), said.languages, shipped)


async def labels_of(said: ClassifierSettings) -> frozenset[str]:
    """The labels that a classifier gives, once it has judged a word.

    Raises:
        SwitchboardError: it has not.
    """
    async with _guarded(said, said.type) as classifier:
        (scores,) = await classifier.classify(["hello"])
    return frozenset(scores)


def _meanings(said: ClassifierSettings) -> Meanings:
    return Meanings(names=said.labels, several=said.several)


@asynccontextmanager
async def _guarded(said: ClassifierSettings, name: str) -> AsyncIterator[Classifies]:
    async with _opened(said) as classifier:
        yield Guarded(classifier, name, said.within_s)


@asynccontextmanager
async def _opened(said: ClassifierSettings) -> AsyncIterator[Classifies]:
    match said.type:
        case "transformers":
            kind = await asyncio.to_thread(_pipeline)
            async with kind.opened(said.path, several=said.several) as here:
                yield here
        case "tei" | "endpoint":
            key = said.api_key.get_secret_value()
            headers = {name: value.get_secret_value() for name, value in said.headers.items()}
            bearer = {"authorization": f"Bearer {key}"} if key else {}
            async with pool(Deadlines(connect_s=said.within_s), bearer | headers) as session:
                at = ServedAt(speaks=said.type, url=said.url, several=said.several)
                yield ServedClassifier(at, session)


def _pipeline() -> "type[PipelineClassifier]":
    try:
        from core.nlu.classifiers.pipeline import PipelineClassifier
    except ImportError as missing:
        raise SetupError(
            "a classifier in this process needs packages that are not installed: install "
            "switchboard with its extra `models`"
        ) from missing
    return PipelineClassifier
