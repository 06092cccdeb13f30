"""What holds widget sockets while it is measured: the gateway, or aiohttp with nothing on top.

`python -m tests.bench.held gateway|bare|core [DATA_DIR]` prints an address, obeys lines on its
input and answers each with one line of JSON: `push ROUNDS` brings so many deltas to every
conversation, `beat COUNT` single ones that say when they left, `rest SECONDS` does nothing; all
say what CPU time the program has taken so far. The gateway is the one that is deployed, on the
Postgres of DATA_DIR, where it begins with no conversations; `core` holds no sockets: what it says
reaches the gateway's from another process.
"""

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import uvloop
from aiohttp import web

from channels.gateway import runner
from channels.web.protocol import MAX_FRAME, SUBPROTOCOL, DeltaFrame, encode
from core.domain.events import Delta
from core.domain.ids import ConversationId, TurnId
from core.telemetry import logs
from deploy import wiring
from deploy.base import connected
from deploy.session import server
from deploy.settings import load

TEXT = "so many words of an answer as come from a model at once, which is not many: a line "
_PAUSE_S = 0.01
_TURN = TurnId(uuid4())


@dataclass(frozen=True, slots=True)
class Stage:
    """What is held, and how something is said to one of it."""

    places: Callable[[], Awaitable[list[object]]]
    say: Callable[[object, str], Awaitable[None]]


@asynccontextmanager
async def bare() -> AsyncIterator[tuple[str, Stage]]:
    """The cheapest a socket can be: a handler that waits."""
    sockets: list[object] = []

    async def hold(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(
            compress=False,
            heartbeat=25,
            max_msg_size=MAX_FRAME,
            writer_limit=64 * 1024,
            protocols=(SUBPROTOCOL,),
        )
        await socket.prepare(request)
        await socket.receive()
        await socket.send_str('{"type":"welcome"}')
        sockets.append(socket)
        async for _ in socket:
            pass
        return socket

    async def places() -> list[object]:
        return sockets

    async def say(socket: object, text: str) -> None:
        assert isinstance(socket, web.WebSocketResponse)
        await socket.send_str(encode(DeltaFrame(turn=_TURN, text=text)))

    app = web.Application()
    app.router.add_get("/ws", hold)
    async with _served(app) as address:
        yield address, Stage(places, say)


@asynccontextmanager
async def deployed(data_dir: Path, kind: str) -> AsyncIterator[tuple[str, Stage]]:
    """A process of the service: with sockets, or one that only knows what the core says."""
    channels = {"max_sockets": 100_000, "sockets_burst": 1_000_000}
    settings = load(deploy={"data_dir": str(data_dir), "log_level": "warning"}, channels=channels)
    async with server(settings) as dsn, connected(settings, dsn) as base:

        async def places() -> list[object]:
            async with base.database.as_service() as connection:
                return [
                    row["id"] for row in await connection.fetch("SELECT id FROM conversations")
                ]

        told: Counter[ConversationId] = Counter()

        async def say(place: object, text: str) -> None:
            conversation = ConversationId(place)  # type: ignore[arg-type]
            before = told[conversation]
            told[conversation] += len(text)
            piece = Delta(conversation=conversation, turn=_TURN, text=text, at=before)
            base.live.tell(piece)

        stage = Stage(places, say)
        if kind == "core":
            yield "ready", stage
            return
        async with base.database.as_service() as connection:
            await connection.execute("DELETE FROM conversations")
        async with _served(wiring.application(base)) as address:
            yield address, stage


@asynccontextmanager
async def _served(app: web.Application) -> AsyncIterator[str]:
    running = runner(app, shutdown_s=1)
    await running.setup()
    await web.TCPSite(running, "127.0.0.1", 0, backlog=4096).start()
    try:
        yield f"http://127.0.0.1:{running.addresses[0][1]}"
    finally:
        await running.cleanup()


async def _push(stage: Stage, rounds: int) -> None:
    places = await stage.places()
    for _ in range(rounds):
        for place in places:
            await stage.say(place, TEXT)
        await asyncio.sleep(_PAUSE_S)  # as deltas come: with time between them


async def _beat(stage: Stage, count: int) -> None:
    places = await stage.places()
    for number in range(count):
        place = places[number * 7919 % len(places)]
        await stage.say(place, f"at {time.monotonic_ns()} ")
        await asyncio.sleep(_PAUSE_S)


async def _rest(stage: Stage, seconds: int) -> None:
    await asyncio.sleep(seconds)


_ORDERS = {b"push": _push, b"beat": _beat, b"rest": _rest}


async def obey(address: str, stage: Stage) -> None:
    """Do what the input says, to its end."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    print(address, flush=True)
    while line := await reader.readline():
        order, number = line.split()
        await _ORDERS[order](stage, int(number))
        print(json.dumps({"cpu_s": time.process_time()}), flush=True)


async def run(kind: str, data_dir: Path | None) -> None:
    """One of the three, until its input ends."""
    held = bare() if data_dir is None else deployed(data_dir, kind)
    async with held as (address, stage):
        await obey(address, stage)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["gateway", "bare", "core"])
    parser.add_argument("data_dir", nargs="?", type=Path)
    asked = parser.parse_args()
    logs.configure("json", "warning")
    uvloop.run(run(asked.kind, asked.data_dir))


if __name__ == "__main__":
    main()
