"""The whole service in this process, with a writer that takes its time and knows everything."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from pydantic import SecretStr

from channels.settings import ChannelsSettings
from core.domain.answers import Draft, Findings, Source
from core.domain.conversation import TurnContext
from core.domain.understanding import Understanding
from core.ports import Writer
from core.sealing import new_key
from deploy import wiring
from deploy.base import Base, connected
from deploy.mind import Mind
from deploy.mind import walk as walk_of
from deploy.models import models
from deploy.processes import Role, run_all
from deploy.running import DeploySettings
from deploy.settings import Settings
from tests.builders import a_passage, findings
from tests.fakes.walk import Certain, ScriptedRetriever

HANDBOOK = Source(title="Handbook", uri="https://h.example/parcels", quote="Two days.", score=0.9)


class SlowWriter(Writer):
    """Says the question back, word by word, as a model would."""

    async def write(
        self, context: TurnContext, understanding: Understanding, findings: Findings
    ) -> AsyncIterator[str | Draft]:
        text = (
            f"You asked: **{context.question}** Parcels take two days, as you can read there [1]."
        )
        for word in text.split(" "):
            await asyncio.sleep(0.15)
            yield word + " "
        yield Draft(text=text, sources=(HANDBOOK,), written_by="slow", prompt_version="")


def settings_for(dsn: str, **channels: object) -> Settings:
    """Of a service on this database, with a key and an address of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    key = SecretStr(new_key())
    return Settings(
        channels=ChannelsSettings(secret_keys=(key,), public_url=url, **channels),
        deploy=DeploySettings(database_url=SecretStr(dsn), port=port),
    )


@dataclass
class Whole:
    """A service that runs."""

    settings: Settings
    base: Base
    url: str

    async def rows(self, query: str) -> list[tuple]:
        async with self.base.database.as_service() as connection:
            return [tuple(row) for row in await connection.fetch(query)]

    async def until(self, query: str, *rows: tuple) -> None:
        """Until the query finds just these."""
        async with asyncio.timeout(60):
            while await self.rows(query) != list(rows):
                await asyncio.sleep(0.05)


@asynccontextmanager
async def whole(settings: Settings) -> AsyncIterator[Whole]:
    """All roles, until the end of the block; what is in hand is finished then.

    Where the settings name models, they write, from one passage; else the slow writer does.
    """
    dsn = settings.deploy.database_url.get_secret_value()
    served: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    stop = asyncio.Event()
    async with AsyncExitStack() as closing:
        base = await closing.enter_async_context(connected(settings, dsn))
        walk = replace(walk_of(base, Mind(retriever=Certain())), writer=SlowWriter())
        if settings.core.models:
            search = ScriptedRetriever(findings(a_passage()))
            made = await closing.enter_async_context(models(settings.core, base.metrics.registry))
            walk = walk_of(base, Mind(retriever=search, writer=made.writer))
        others = [role for role in Role if role is not Role.WORKER]
        parts = wiring.build(base, others, None, served.set_result)
        parts.insert(-2, wiring.turn_worker(base, walk))
        running = asyncio.create_task(run_all(parts, stop))
        try:
            yield Whole(settings, base, await asyncio.wait_for(served, 30))
        finally:
            stop.set()
            await running
