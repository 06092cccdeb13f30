"""Serves: finds the database, builds the wanted roles, and runs them until asked to stop."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass

import click
import uvloop

from core.domain.errors import SetupError
from core.domain.ids import TenantId
from core.telemetry import logs
from deploy.address import why_taken
from deploy.base import connected
from deploy.commands.progress import shown
from deploy.data_dir import DataDirLock
from deploy.event_log import Needed
from deploy.mind import Mind, mind
from deploy.people import first_link
from deploy.processes import Part, Role, asked_to_stop, run_all
from deploy.reading import embedder_of
from deploy.session import server
from deploy.settings import Settings
from deploy.stock import Stock
from deploy.wiring import build
from knowledge.ingest import Ingester


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What this process should do."""

    roles: frozenset[str]
    knowledge: tuple[str, ...] = ()
    """Folders, files and addresses to answer from; none is the sample company's."""
    whole: bool = False
    """Whether it is the whole service, of which a data folder can have one."""


def serve(settings: Settings, wanted: Wanted) -> None:
    """Run until SIGTERM or Ctrl-C. Blocks.

    Raises:
        SetupError: it cannot start; the sentence says why.
    """
    logs.configure(settings.deploy.log_format, settings.deploy.log_level)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings, wanted))


async def _serve(settings: Settings, wanted: Wanted) -> None:
    async with AsyncExitStack() as closing:
        stop = await closing.enter_async_context(asked_to_stop())
        if wanted.whole:
            closing.callback(DataDirLock(settings.data_dir).close)
        if Role.GATEWAY in wanted.roles:
            await asyncio.to_thread(_check_address, settings)
        dsn = await closing.enter_async_context(server(settings))
        brokers: Needed = "later" if wanted.roles == {Role.GATEWAY} else "now"
        shared = await closing.enter_async_context(connected(settings, dsn, brokers))
        parts: list[Part] = []
        thinking: Mind | None = None
        if Role.WORKER in wanted.roles:
            embedder = await closing.enter_async_context(embedder_of(settings))
            thinking = await closing.enter_async_context(mind(shared, embedder))
            if wanted.whole:
                ingester = Ingester(shared.database, embedder)
                parts += await _stocked(settings, ingester, wanted.knowledge, stop)
        first = await first_link(settings, shared.database) if wanted.whole else None
        parts += build(
            shared,
            wanted.roles,
            thinking,
            lambda address: _told(address, settings, first),
            notice_s=0 if wanted.whole else settings.deploy.unready_s,
        )
        if not stop.is_set():
            await run_all(parts, stop)


def _check_address(settings: Settings) -> None:
    """Said before anything is begun, rather than after minutes of reading."""
    host, port = settings.deploy.host, settings.deploy.port
    why = why_taken(host, port)
    if why is not None:
        raise SetupError(f"{host}:{port} cannot be served: {why}; pass another --port or --host")


async def _stocked(
    settings: Settings, ingester: Ingester, places: Sequence[str], stop: asyncio.Event
) -> list[Part]:
    """Documents to answer from: read before serving at the first start, beside it at others.

    Returns:
        What still has to run.
    """
    tenant = TenantId(settings.channels.default_tenant)
    stock = Stock(ingester, tenant, places, click.echo)
    if not await stock.empty():
        return [stock]
    click.echo("reading the documents in; the next start has them")
    with shown("documents") as watching:
        reading = asyncio.create_task(stock.read(watching))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({reading, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if stop.is_set():
        reading.cancel()
    await asyncio.gather(stopping, return_exceptions=True)
    with suppress(asyncio.CancelledError):
        await reading
    return []


def _told(address: str, settings: Settings, first: str | None) -> None:
    question = next(iter(settings.channels.suggestions), "your question")
    click.echo(f"""serving at {address}
  a page to talk on   {address}/demo
  in the terminal     switchboard chat --url {address}
  from a program      curl -s {address}/api/v1/chat -H 'content-type: application/json' \\
                        -d '{json.dumps({"query": question}, ensure_ascii=False)}'
Ctrl-C stops it; nothing is lost.""")
    if first is not None:
        click.echo(f"""nobody has signed in yet; the first admin sets a password, once, at
  {address}{first}""")
