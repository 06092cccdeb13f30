"""One role of the fleet as a process: `python -m tests.chaos.role ROLE --platform URL`.

The product's parts as deploy/wiring.py builds them, with three things of the tests: a writer that
takes its time, so that turns are in hand when something is killed, a channel that is sent to, and
the address where that channel's platform delivers its events.
"""

import argparse
import asyncio
import random
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import aiohttp
import uvloop

from core.domain.answers import Draft, Findings
from core.domain.conversation import TurnContext
from core.domain.errors import SwitchboardError
from core.domain.ids import TenantId
from core.domain.understanding import Understanding
from core.ports import Writer
from core.telemetry import logs
from deploy import wiring
from deploy.base import Base, connected
from deploy.mind import Mind, walk
from deploy.processes import GatewayPart, Part, asked_to_stop, run_all
from deploy.session import server
from deploy.settings import Settings, load
from tests.chaos.pushed import KEEPS_QUIET, TELLS, PushedChannel, TellingChannel, ingress
from tests.fakes.walk import Certain


class SlowWriter(Writer):
    """Says the question back, word by word, like a model with a bad day."""

    async def write(
        self, context: TurnContext, understanding: Understanding, findings: Findings
    ) -> AsyncIterator[str | Draft]:
        text = f"You said: {context.question}"
        await asyncio.sleep(random.expovariate(4))
        for word in text.split(" "):
            await asyncio.sleep(random.expovariate(50))
            yield word + " "
        yield Draft(text=text, sources=(), written_by="slow", prompt_version="")


async def parts(role: str, base: Base, platform: str, closing: AsyncExitStack) -> list[Part]:
    """The role's parts."""
    if role == "gateway":
        app = wiring.application(base)
        tenant = TenantId(base.settings.channels.default_tenant)
        handle = ingress(base.conversations, base.clock, tenant)
        app.router.add_post("/platform/{channel}", handle)
        return [GatewayPart(app), wiring.server(base, app, _told)]
    if role == "worker":
        mind = Mind(retriever=Certain(), writer=SlowWriter())
        group, worker = "core", wiring.turn_worker(base, walk(base, mind))
    else:
        session = await closing.enter_async_context(aiohttp.ClientSession())
        pushed = {
            TELLS: TellingChannel(session, platform, base.conversations),
            KEEPS_QUIET: PushedChannel(session, platform, base.conversations),
        }
        group, worker = "dispatcher", wiring.delivery_worker(base, pushed)
    return [worker, wiring.watch(base, {group: worker}), wiring.server(base, None, _told)]


async def serve(settings: Settings, role: str, platform: str) -> None:
    """Run until asked to stop."""
    async with AsyncExitStack() as closing:
        stop = await closing.enter_async_context(asked_to_stop())
        dsn = await closing.enter_async_context(server(settings))
        base = await closing.enter_async_context(connected(settings, dsn))
        await run_all(await parts(role, base, platform, closing), stop)


def _told(address: str) -> None:
    print(address, flush=True)


def main() -> None:
    """As `switchboard run` does, with settings from the environment."""
    asked = argparse.ArgumentParser()
    asked.add_argument("role", choices=["gateway", "worker", "dispatcher"])
    asked.add_argument("--platform", required=True)
    said = asked.parse_args()
    settings = load()
    logs.configure(settings.deploy.log_format, settings.deploy.log_level)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            runner.run(serve(settings, said.role, said.platform))
        except SwitchboardError as failure:
            sys.exit(str(failure))


if __name__ == "__main__":
    main()
