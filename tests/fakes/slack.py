"""Slack's Web API on loopback: methods over real HTTP, with states, limits and faults.

JSON and forms are read, as the official clients send them.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from math import ceil
from typing import Any, Self

from aiohttp import web

from tests.fakes.slack_app import AppSide
from tests.fakes.slack_desk import DeskSide
from tests.fakes.slack_limits import SlackLimits
from tests.fakes.slack_state import Json, Refusal, State

_HANG_S = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowDown:
    """Not done; 429."""

    retry_after: str = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fail:
    """Not done; a status of a server in trouble, with a page instead of JSON."""

    status: int = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse:
    """Not done; `"ok": false` with this error."""

    error: str


@dataclass(frozen=True, slots=True)
class TakeInSilence:
    """Done, and never answered."""


@dataclass(frozen=True, slots=True)
class TakeAndBreak:
    """Done, and the connection is reset instead of an answer."""


Fault = SlowDown | Fail | Refuse | TakeInSilence | TakeAndBreak
Faults = Callable[[str, Mapping[str, Any]], Fault | None]
"""Asked for each call, with its method and body."""


def no_faults(method: str, body: Mapping[str, Any]) -> Fault | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One call that came."""

    method: str
    body: Json
    token: str


class FakeSlack:
    """One workspace and one app."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.state = State("U0BOT", clock)
        self.token = "xoxb-1"
        self.scopes = "chat:write,app_mentions:read"
        self.faults: Faults = no_faults
        self.allowances: SlackLimits | None = None
        """When it is there, who is over its own gets 429."""
        self.slowed = 0
        """How often somebody was over an allowance."""
        self.asked: list[Asked] = []
        self.url = ""
        self.app = AppSide(self)
        self.desk = DeskSide(self.state)

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    @classmethod
    @asynccontextmanager
    async def start(cls, clock: Callable[[], float] = time.monotonic) -> AsyncIterator[Self]:
        """Serve on a free port until the block ends."""
        slack = cls(clock)
        app = web.Application(client_max_size=32 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", slack._answer)
        slack.app.add_to(app.router)
        app.router.add_post("/upload/{file}", slack._upload)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            slack.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            slack.state.url = slack.url
            yield slack
        finally:
            await slack.app.close()
            await runner.cleanup()

    async def _upload(self, request: web.Request) -> web.Response:
        self.state.uploads[request.match_info["file"]][1] = await request.read()
        return web.Response(text="OK")

    def methods(self) -> list[str]:
        """Those that were called, in order."""
        return [one.method for one in self.asked]

    def bodies(self, method: str) -> list[Json]:
        return [one.body for one in self.asked if one.method == method]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method, body = request.match_info["method"], await _body(request)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        token = str(body.pop("token", "")) or token
        self.asked.append(Asked(method=method, body=body, token=token))
        fault = self.faults(method, body)
        if fault is None and self.allowances is not None:
            wait = self.allowances.wait(method, str(body.get("channel", "")))
            fault = SlowDown(retry_after=str(ceil(wait))) if wait else None
            self.slowed += fault is not None
        match fault:
            case SlowDown(retry_after=seconds):
                said = {"ok": False, "error": "ratelimited"}
                return web.json_response(said, status=429, headers={"Retry-After": seconds})
            case Fail(status=status):
                return web.Response(status=status, text="<html>oops</html>")
            case Refuse(error=error):
                return web.json_response({"ok": False, "error": error})
        try:
            answer = {"ok": True, **self._do(method, body, token)}
        except Refusal as refused:
            answer = {"ok": False, "error": refused.error}
        match fault:
            case TakeInSilence():
                await asyncio.sleep(_HANG_S)
            case TakeAndBreak():
                assert request.transport is not None
                request.transport.abort()
        return web.json_response(answer, headers={"x-oauth-scopes": self.scopes})

    def _do(self, method: str, body: Json, token: str) -> Json:
        mine = self.app.methods.get(method)
        if mine is not None:
            return mine(body, token)
        if token != self.token:
            raise Refusal("invalid_auth" if token else "not_authed")
        known = _METHODS.get(method) or self.desk.methods.get(method)
        if known is None:
            raise Refusal("unknown_method")
        return known(self.state, body)


async def _body(request: web.Request) -> Json:
    """Arguments in JSON, or in a form whose nested values are JSON, or in the address."""
    if request.content_type == "application/json":
        return dict(await request.json())
    form = {**request.query, **(await request.post())}
    return {name: _value(value) for name, value in form.items()}


def _value(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("{", "["):
        return json.loads(value)
    return value


def _test(state: State, body: Json) -> Json:
    return {"team_id": "T0001", "user_id": state.bot, "bot_id": "B0001", "url": "", "team": "Acme"}


_METHODS: Mapping[str, Callable[[State, Json], Json]] = {
    "auth.test": _test,
    "chat.postMessage": State.post,
    "chat.update": State.update,
    "chat.delete": State.delete,
    "chat.startStream": State.start,
    "chat.appendStream": State.append,
    "chat.stopStream": State.stop,
    "conversations.replies": State.replies,
    "files.getUploadURLExternal": State.upload_url,
    "files.completeUploadExternal": State.complete_upload,
    "assistant.threads.setStatus": State.status,
    "assistant.threads.setSuggestedPrompts": lambda state, body: {},
    "agents.sessions.setStatus": lambda state, body: {},
}
