"""Serves: finds the database, builds the wanted roles, and runs them until asked to stop."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass

import click
import uvloop

from core.telemetry import logs
from deploy.embedded import DataDirLock
from deploy.processes import Part, asked_to_stop, run_all
from deploy.session import server
from deploy.settings import Settings
from deploy.wiring import base, build


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What this process should do."""

    roles: frozenset[str]
    knowledge: tuple[str, ...] = ()
    """Folders, files and addresses to read in while serving."""
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
        dsn = await closing.enter_async_context(server(settings))
        shared = await closing.enter_async_context(base(settings, dsn))
        parts: list[Part] = await closing.enter_async_context(build(shared, wanted.roles, _told))
        await run_all(parts, stop)


def _told(address: str) -> None:
    click.echo(f"""serving at {address}
  a page to talk on   {address}/demo
  in the terminal     switchboard chat --url {address}
  from a program      curl -s {address}/api/v1/chat -H 'content-type: application/json' \\
                        -d '{{"query": "How long does delivery to Canada take?"}}'
Ctrl-C stops it; nothing is lost.""")
