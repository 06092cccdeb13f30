"""Trains and keeps a tenant's intents, for the commands."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.actions import ANSWER
from core.domain.errors import RefusedError, SettingsInvalid
from core.domain.ids import TenantId
from core.nlu.embeds import Embeds
from core.nlu.intents.catalogue import Catalogue, plain
from core.nlu.intents.head import IntentHead
from core.nlu.intents.learn import Held, learn
from core.nlu.intents.read import STARTER, from_csv, read
from core.nlu.intents.report import figures, report_on
from core.nlu.intents.trained import Trained
from core.postgres.intents import PostgresIntents
from deploy.reading import embedder_of
from deploy.session import database, server
from deploy.settings import Settings
from knowledge.ports import Embedder

LEAST_INTENTS = 2


class MessageVectors(Embeds):
    """Another embedder's vectors, with zeros where they would say nothing."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    @property
    def version(self) -> str:
        return self._embedder.version

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self._embedder.dims), np.float32)
        known = [place for place, text in enumerate(texts) if self._embedder.knows(text)]
        if known:
            vectors[known] = await self._embedder.embed([texts[place] for place in known])
        return vectors


@asynccontextmanager
async def stored(settings: Settings) -> AsyncIterator[PostgresIntents]:
    """The place where intents are kept."""
    async with server(settings) as dsn, database(settings, dsn) as pools:
        yield PostgresIntents(pools)


async def trained(catalogue: Catalogue, embeds: Embeds) -> tuple[IntentHead, Held]:
    """A head, and how it did on examples that were left out; takes seconds.

    Raises:
        RefusedError: there are fewer than two intents.
    """
    if len(catalogue.intents) < LEAST_INTENTS:
        raise RefusedError("one intent leaves nothing to tell apart: at least two are wanted")
    texts, labels = catalogue.labelled()
    vectors = await embeds.embed(texts)
    return await asyncio.to_thread(learn, texts, labels, vectors, embeds.version)


async def starter(embeds: Embeds) -> Trained:
    """The set that ships, trained on the spot; takes a second or two.

    Its intents are named and nothing is done about them: what becomes of a refund is for an
    operator to say, and who trains the set says it.
    """
    catalogue = read(STARTER)
    head, _ = await trained(catalogue, embeds)
    named = tuple(replace(intent, action=ANSWER) for intent in catalogue.intents)
    return Trained(Catalogue(named), head)


async def train(
    settings: Settings, tenant: TenantId, catalogue: Catalogue | None
) -> Mapping[str, Any]:
    """Train on this catalogue, or on the tenant's own, keep the head, and return its report.

    A tenant that has none is given the starter set.
    """
    async with stored(settings) as intents, embedder_of(settings) as embedder:
        chosen = catalogue or await intents.catalogue(tenant) or read(STARTER)
        head, held = await trained(chosen, MessageVectors(embedder))
        report = figures(report_on(held))
        await intents.put_trained(tenant, Trained(chosen, head), report)
    return report


async def evaluate(
    settings: Settings, tenant: TenantId, catalogue: Catalogue | None
) -> Mapping[str, Any]:
    """The same report of this catalogue, or of the tenant's own, without keeping anything."""
    async with stored(settings) as intents, embedder_of(settings) as embedder:
        chosen = catalogue or await intents.catalogue(tenant) or read(STARTER)
        _, held = await trained(chosen, MessageVectors(embedder))
    return figures(report_on(held))


async def listed(settings: Settings, tenant: TenantId) -> list[dict[str, object]]:
    """A row per intent of the tenant: `intent`, `examples`, `languages`, `do`, `recall`."""
    async with stored(settings) as intents:
        catalogue = await intents.catalogue(tenant)
        report = await intents.report(tenant)
    recalls = {one["name"]: one["recall"] for one in (report or {"intents": ()})["intents"]}
    return [
        {
            "intent": intent.name,
            "examples": len(intent.examples),
            "languages": " ".join(intent.languages) or "all",
            "do": _in_words(plain(intent.action)),
            "recall": recalls.get(intent.name),
        }
        for intent in (catalogue.intents if catalogue else ())
    ]


def from_file(file: Path) -> Catalogue:
    """The catalogue of a file: CSV by its ending, intents.toml otherwise.

    Raises:
        SettingsInvalid: every mistake.
    """
    if file.suffix.lower() != ".csv":
        return read(file)
    try:
        return from_csv(file.read_text(encoding="utf-8"), file.name)
    except (OSError, UnicodeDecodeError) as broken:
        raise SettingsInvalid(f"{file.name} cannot be read as UTF-8") from broken


def _in_words(action: object) -> str:
    """What is to be done, on one line."""
    if isinstance(action, str):
        return action
    return json.dumps(action, ensure_ascii=False)
