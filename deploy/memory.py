"""Builds what remembers conversations, for workers and for commands."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from core.domain.errors import TenantNotFound
from core.domain.ids import TenantId
from core.memory.extract import Extractive
from core.memory.keeper import Keeper, Pace
from core.memory.ports import Rephrases, Summariser
from core.memory.rephrase import ModelRephraser
from core.memory.summarise import Asking, ModelSummariser
from core.models.counting import tokens
from core.nlu.embeds import Embeds
from core.postgres.customers import PostgresCustomers
from core.postgres.memories import PostgresMemories
from core.settings import CoreSettings
from core.telemetry.memories import MemoryMetrics
from deploy.base import Base
from deploy.models import Models, conversation_budget
from deploy.session import database, server
from deploy.settings import Settings

_REPHRASE_S = 3
"""A turn waits for it."""


def keeper(base: Base, embeds: Embeds | None, models: Models) -> Keeper:
    """A worker's: run it beside the worker, and tell it of every stored turn."""
    core, pools = base.settings.core, base.database
    summariser: Summariser = Extractive(tokens, embeds)
    if models.light is not None:
        asking = Asking(prompts=models.catalogue.prompts("summary"), company=core.company)
        summariser = ModelSummariser(models.light, asking, summariser)
    made = Keeper(
        PostgresMemories(pools),
        summariser,
        base.clock,
        budget=conversation_budget(core),
        count=tokens,
        pace=Pace(at_once=core.memory_at_once),
        keep=PostgresCustomers(pools).keep,
    )
    MemoryMetrics(base.metrics.registry, made.outcomes)
    return made


def rephraser(core: CoreSettings, models: Models) -> Rephrases | None:
    """What makes a follow-up understood by itself; None without models."""
    if models.light is None:
        return None
    prompts = models.catalogue.prompts("rephrase")
    asking = Asking(prompts=prompts, company=core.company, turn_s=_REPHRASE_S)
    return ModelRephraser(models.light, asking)


@dataclass(frozen=True, slots=True)
class Stored:
    """What commands read and change."""

    memories: PostgresMemories
    customers: PostgresCustomers


@asynccontextmanager
async def stored(settings: Settings, tenant: str) -> AsyncIterator[Stored]:
    """What is kept of a tenant's customers.

    Raises:
        TenantNotFound: no such tenant.
    """
    async with server(settings) as dsn, database(settings, dsn) as pools:
        async with pools.as_tenant(TenantId(tenant)) as connection:
            if await connection.fetchval("SELECT count(*) FROM tenants") == 0:
                raise TenantNotFound
        yield Stored(PostgresMemories(pools), PostgresCustomers(pools))
