"""A messaging platform on loopback that is sent to, with the faults of real ones.

It has no idempotency keys. What it takes it shows, whether or not its answer arrives.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self

from aiohttp import web

_HANG_S = 120


@dataclass(frozen=True, slots=True)
class Take:
    """Shown, and answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowDown:
    """Not shown; 429."""

    retry_after_s: int = 1


@dataclass(frozen=True, slots=True)
class TakeInSilence:
    """Shown, and never answered."""


@dataclass(frozen=True, slots=True)
class TakeAndBreak:
    """Shown, and the connection is reset instead of an answer."""


@dataclass(frozen=True, slots=True)
class Fail:
    """Not shown; 500."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Not shown, now or ever; 403."""


Outcome = Take | SlowDown | TakeInSilence | TakeAndBreak | Fail | Refuse
Script = Callable[[], Outcome]
"""Asked once for every request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """One message as it stands in a chat."""

    id: str
    ref: str
    """What the sender gave along for itself; not shown."""
    text: str
    at: float
    """Seconds of the monotonic clock."""


class FakePlatform:
    """Chats, by their names, and how often each outcome came about."""

    def __init__(self, script: Script = Take) -> None:
        self.script = script
        self.chats: defaultdict[str, list[Posted]] = defaultdict(list)
        self.outcomes: defaultdict[str, int] = defaultdict(int)
        self.url = ""
        self._ids = 0

    @classmethod
    @asynccontextmanager
    async def start(cls, script: Script = Take) -> AsyncIterator[Self]:
        """Serve on a free port until the block ends."""
        platform = cls(script)
        app = web.Application()
        app.router.add_post("/chats/{chat}", platform._post)
        app.router.add_get("/chats/{chat}", platform._read)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            platform.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            yield platform
        finally:
            await runner.cleanup()

    async def _post(self, request: web.Request) -> web.StreamResponse:
        said = await request.json()
        outcome = self.script()
        self.outcomes[type(outcome).__name__] += 1
        match outcome:
            case SlowDown(retry_after_s=seconds):
                return web.Response(status=429, headers={"Retry-After": str(seconds)})
            case Fail():
                return web.Response(status=500)
            case Refuse():
                return web.Response(status=403)
        self._ids += 1
        posted = Posted(id=str(self._ids), ref=said["ref"], text=said["text"], at=time.monotonic())
        self.chats[request.match_info["chat"]].append(posted)
        match outcome:
            case TakeInSilence():
                await asyncio.sleep(_HANG_S)
            case TakeAndBreak():
                assert request.transport is not None
                request.transport.abort()
        return web.json_response({"id": posted.id})

    async def _read(self, request: web.Request) -> web.StreamResponse:
        """The last messages of a chat, for who wants to know whether one of them arrived."""
        shown = self.chats[request.match_info["chat"]][-50:]
        return web.json_response([{"id": p.id, "ref": p.ref, "text": p.text} for p in shown])
