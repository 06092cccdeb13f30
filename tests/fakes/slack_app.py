"""The side of a played Slack that is the app's own: installing, sockets, files, answers."""

import asyncio
import itertools
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes.slack_state import Json, Refusal

if TYPE_CHECKING:
    from tests.fakes.slack import FakeSlack

Method = Callable[[Json, str], Json]


class AppSide:
    """Sockets with single-use tickets, `oauth.v2.access`, files, and response addresses."""

    def __init__(self, slack: "FakeSlack") -> None:
        self._slack = slack
        self.app_token = "xapp-1"
        self.codes: dict[str, Json] = {}
        """What each code of an installation gives, once."""
        self.files: dict[str, tuple[Json, bytes]] = {}
        self.responses: list[tuple[str, Json]] = []
        """What was sent to response addresses."""
        self.refused_tickets = 0
        self.refuse_next = 0
        """So many handshakes are refused, and their tickets are used up."""
        self.full = False
        """Whether each new socket is one too many."""
        self.sockets: list[web.WebSocketResponse] = []
        self.acks: list[str] = []
        self.changed = asyncio.Event()
        self._numbers = itertools.count(1)
        self._tickets: set[str] = set()
        self.methods: dict[str, Method] = {
            "apps.connections.open": self._open,
            "oauth.v2.access": self._access,
            "files.info": self._info,
        }

    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_get("/link", self._link)
        router.add_get("/files/{id}", self._download)
        router.add_post("/response/{id}", self._respond)

    async def close(self) -> None:
        for socket in self.sockets:
            await socket.close()

    def response_url(self) -> str:
        return f"{self._slack.url}/response/{next(self._numbers)}"

    # --- sockets ------------------------------------------------------------------------

    async def connected(self, count: int) -> None:
        """Return when so many sockets are open."""
        async with asyncio.timeout(20):
            while len([one for one in self.sockets if not one.closed]) < count:
                self.changed.clear()
                await self.changed.wait()

    async def push(self, payload: Json, *, kind: str = "events_api", socket: int = -1) -> str:
        """Send an envelope; its id."""
        envelope = f"e{next(self._numbers)}"
        frame = {"envelope_id": envelope, "type": kind, "payload": payload}
        await self._frame(socket, frame | {"accepts_response_payload": kind == "interactive"})
        return envelope

    async def acked(self, envelope: str) -> None:
        """Return when it was acknowledged."""
        async with asyncio.timeout(20):
            while envelope not in self.acks:
                self.changed.clear()
                await self.changed.wait()

    async def disconnect(self, reason: str, socket: int = -1) -> None:
        """Ask for another connection, as Slack does every few hours."""
        await self._frame(socket, {"type": "disconnect", "reason": reason, "debug_info": {}})

    async def _frame(self, socket: int, frame: Json) -> None:
        opened = [one for one in self.sockets if not one.closed]
        await opened[socket].send_str(json.dumps(frame))

    def _open(self, body: Json, token: str) -> Json:
        if token != self.app_token:
            raise Refusal("invalid_auth")
        ticket = str(next(self._numbers))
        self._tickets.add(ticket)
        return {"url": f"{self._slack.url.replace('http', 'ws')}/link?ticket={ticket}"}

    async def _link(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        known = ticket in self._tickets
        self._tickets.discard(ticket)
        if self.refuse_next:
            self.refuse_next -= 1
            known = False
        if not known:
            self.refused_tickets += 1
            return web.Response(status=403)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str(json.dumps({"type": "hello", "num_connections": 1}))
        if self.full:
            gone = {"type": "disconnect", "reason": "too_many_websockets"}
            await socket.send_str(json.dumps(gone))
            await socket.close()
            return socket
        self.sockets.append(socket)
        self.changed.set()
        async for frame in socket:
            self.acks.append(str(json.loads(frame.data).get("envelope_id")))
            self.changed.set()
        self.changed.set()
        return socket

    # --- installing, files, answers -----------------------------------------------------

    def _access(self, body: Json, token: str) -> Json:
        given = self.codes.pop(str(body.get("code") or body.get("refresh_token")), None)
        if given is None:
            raise Refusal("invalid_code" if "code" in body else "invalid_refresh_token")
        return given

    def _info(self, body: Json, token: str) -> Json:
        known = self.files.get(str(body.get("file")))
        if known is None:
            raise Refusal("file_not_found")
        return {"file": known[0]}

    async def _download(self, request: web.Request) -> web.StreamResponse:
        known = self.files.get(request.match_info["id"])
        if request.headers.get("Authorization") != f"Bearer {self._slack.token}" or not known:
            return web.Response(text="<html>sign in</html>", content_type="text/html")
        return web.Response(body=known[1], content_type=known[0]["mimetype"])

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        body: Any = await request.json()
        self.responses.append((request.path, body))
        self.changed.set()
        return web.Response(text="ok")
