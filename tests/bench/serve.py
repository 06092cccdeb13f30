"""The server that is measured: all roles or some, with a writer of the bench's choice.

`python -m tests.bench.serve DATA_DIR WRITER [URL] [--roles ROLE...]`: `fixed` says one sentence,
`model` asks the TGI server at URL, both without search; `extract` is the product as it is. Prints
its address, ends with SIGTERM. With --profile FILE it writes what cProfile saw.
"""

import argparse
import asyncio
import cProfile
import sys
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import uvloop

from core.domain.answers import Draft, Findings
from core.domain.conversation import TurnContext
from core.domain.ids import TenantId
from core.domain.understanding import Understanding
from core.models.prompt import Prompt
from core.models.tgi import TgiModel
from core.models.writing import ModelWriter, Style
from core.ports import Retriever, Writer
from core.relay import Relay
from core.telemetry import logs
from deploy import wiring
from deploy.base import Base, connected
from deploy.mind import Mind, mind
from deploy.mind import walk as walk_of
from deploy.processes import GatewayPart, Part, Role, asked_to_stop, run_all
from deploy.reading import embedder_of
from deploy.session import server
from deploy.settings import Settings, load

SENTENCE = "Standard delivery takes three to five business days."
_UNLIMITED = {"says_per_second": 100_000.0, "says_burst": 100_000}


class NoSearch(Retriever):
    """Finds nothing, and is sure of it: the writer is asked all the same."""

    async def retrieve(
        self, tenant: TenantId, question: str, questions_before: Sequence[str]
    ) -> Findings:
        return Findings(passages=(), confidence=1.0, looked_for=(), knowledge_version=0)


class FixedWriter(Writer):
    """Says one sentence."""

    async def write(
        self, context: TurnContext, understanding: Understanding, findings: Findings
    ) -> AsyncIterator[str | Draft]:
        yield SENTENCE
        yield Draft(text=SENTENCE, sources=(), written_by="fixed", prompt_version="")


@asynccontextmanager
async def chosen(name: str, url: str) -> AsyncIterator[Writer]:
    """The writer of this name; None of search is needed for either."""
    if name == "fixed":
        yield FixedWriter()
        return
    async with TgiModel.connect(url) as model:
        style = Style(prompt=Prompt.load("plain"), company="Fellmarten", ground="none")
        yield ModelWriter(model, style)


@asynccontextmanager
async def parts_of(
    base: Base, roles: Collection[str], writer: str, url: str
) -> AsyncIterator[list[Part]]:
    """The roles, as deploy/wiring.py builds them, but for search and writer."""
    async with AsyncExitStack() as closing:
        parts: list[Part] = []
        if Role.GATEWAY in roles:
            app = wiring.application(base)
            parts += [GatewayPart(app), wiring.server(base, app, _told)]
        if Role.WORKER in roles:
            walk = replace(
                walk_of(base, Mind(retriever=NoSearch())),
                writer=await closing.enter_async_context(chosen(writer, url)),
            )
            parts.append(wiring.turn_worker(base, walk))
        if Role.RELAY in roles:
            parts.append(Relay(base.outbox))
        if Role.DISPATCHER in roles:
            parts.append(wiring.delivery_worker(base))
        if Role.GATEWAY not in roles:
            _told("started")
        yield parts


def settings_of(data_dir: Path, lanes: int = 200) -> Settings:
    """The defaults, in a folder of the bench's own, without limits on one socket."""
    deploy = {"data_dir": str(data_dir), "port": 0, "log_level": "warning", "kafka_replication": 1}
    return load(deploy=deploy, channels=_UNLIMITED, core={"lanes": lanes})


async def serve(
    data_dir: Path, writer: str, url: str, *, roles: Collection[str], lanes: int
) -> None:
    """Run until asked to stop."""
    settings = settings_of(data_dir, lanes)
    async with AsyncExitStack() as closing:
        stop = await closing.enter_async_context(asked_to_stop())
        dsn = await closing.enter_async_context(server(settings))
        base = await closing.enter_async_context(connected(settings, dsn))
        if writer == "extract":
            embedder = await closing.enter_async_context(embedder_of(settings))
            thinking = await closing.enter_async_context(mind(base, embedder))
            parts = wiring.build(base, roles, thinking, _told)
        else:
            parts = await closing.enter_async_context(parts_of(base, roles, writer, url))
        await run_all(parts, stop)


def _told(address: str) -> None:
    print(address, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("writer", choices=["fixed", "model", "extract"])
    parser.add_argument("url", nargs="?", default="")
    parser.add_argument("--roles", nargs="+", default=[*Role])
    parser.add_argument("--lanes", type=int, default=200)
    parser.add_argument("--profile", type=Path)
    asked = parser.parse_args()
    logs.configure("json", "warning")
    profile = cProfile.Profile() if asked.profile else None
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        if profile:
            profile.enable()
        runner.run(
            serve(asked.data_dir, asked.writer, asked.url, roles=asked.roles, lanes=asked.lanes)
        )
    if profile:
        profile.disable()
        profile.dump_stats(asked.profile)
    sys.exit(0)


if __name__ == "__main__":
    main()
