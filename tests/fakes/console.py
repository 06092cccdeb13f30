"""A service behind the console's page, scripted: speaks handoff/console/PROTOCOL.md."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

from aiohttp import WSMsgType, web

from core.clock import SystemClock, new_secret
from handoff.console.pages import PageRoutes
from tests.fakes.console_said import a_message, a_note
from tests.fakes.console_tickets import FakeTickets

COOKIE = "__Host-switchboard"
PASSWORD = "correct horse battery"
Json = dict[str, Any]


class FakeConsole:
    """One agent's view of a desk; what happens in it is said by the test."""

    def __init__(self, me: Json, agents: list[Json]) -> None:
        self.me = me
        self.agents = {agent["id"]: agent for agent in agents}
        self.rows: dict[str, Json] = {}
        self.talks: dict[str, Json] = {}
        self.messages: dict[str, list[Json]] = {}
        self.notes: dict[str, list[Json]] = {}
        self.canned: list[Json] = []
        self.tickets = FakeTickets(self)
        self.team: dict[str, list[Json]] = {"people": [], "tokens": [], "audit": []}
        self.acts: list[tuple[str, Json]] = []
        """Name and body of what the page did, in its order."""
        self.hellos: list[Json] = []
        self.refusals: dict[str, tuple[int, str, str]] = {}
        """Status, code and sentence with which the next act of a name is refused."""
        self.seq, self.version = 0, "1"
        self.ahead = timedelta(0)
        """How far the service's clock is ahead of the browser's."""
        self.url = ""
        self._sockets: dict[web.WebSocketResponse, str | None] = {}

    def app(self) -> web.Application:
        app = web.Application(middlewares=[_signed])
        PageRoutes(new_secret).add_to(app.router)
        api = "/console/api"
        app.router.add_get("/favicon.ico", _icon)
        app.router.add_post(f"{api}/sign-in", self._sign_in)
        app.router.add_post(f"{api}/sign-out", self._sign_out)
        app.router.add_post(f"{api}/password", self._record)
        app.router.add_get(f"{api}/oidc", _no_issuers)
        app.router.add_get(f"{api}/me", self._me)
        app.router.add_get(f"{api}/live", self._live)
        app.router.add_get(f"{api}/inbox", self._inbox)
        app.router.add_get(f"{api}/canned", self._canned)
        app.router.add_post(f"{api}/canned/{{id}}/fill", self._fill)
        app.router.add_put(f"{api}/presence", self._presence)
        app.router.add_get(f"{api}/sessions", self._sessions)
        for name in self.team:
            app.router.add_get(f"{api}/{name}", self._team)
        talk = f"{api}/conversations/{{id}}"
        app.router.add_get(talk, self._talk)
        app.router.add_get(f"{talk}/messages", self._messages)
        app.router.add_get(f"{talk}/customer", self._customer)
        app.router.add_put(f"{talk}/draft", self._record)
        app.router.add_post(f"{talk}/messages/{{seq}}/again", self._again)
        app.router.add_post(f"{talk}/{{act}}", self._act)
        self.tickets.add_to(app.router)
        return app

    async def tell(self, **frame: Any) -> None:
        """An event to every page, with the next number."""
        self.seq += 1
        for socket in self._sockets:
            await socket.send_json({"seq": self.seq, **frame})

    async def tell_row(self, row: Json) -> None:
        self.rows[row["id"]] = row
        await self.tell(type="conversation", row=row)
        counts = self._counts()
        await self.tell(type="counts", waiting=counts["waiting"], open=counts["open"])

    async def show(self, conversation: str, **frame: Any) -> None:
        """Something to the pages that have this conversation on the screen."""
        for socket, watched in self._sockets.items():
            if watched == conversation:
                await socket.send_json({"conversation": conversation, **frame})

    async def say(self, conversation: str, **message: Any) -> Json:
        """A message, stored and shown, with its row."""
        known = self.messages.setdefault(conversation, [])
        message.setdefault("at", SystemClock().now().isoformat())
        made = a_message(seq=known[-1]["seq"] + 1 if known else 1, **message)
        known.append(made)
        await self.show(conversation, type="message", message=made)
        last = {name: made[name] for name in ("author", "text", "at")}
        row = self.rows[conversation]
        await self.tell_row({**row, "seq": made["seq"], "last": last, "active_at": made["at"]})
        return made

    async def cut(self) -> None:
        """Every socket breaks."""
        for socket in list(self._sockets):
            await socket.close(code=1012)

    async def _sign_in(self, request: web.Request) -> web.StreamResponse:
        given = await request.json()
        if given["password"] != PASSWORD:
            return _problem(401, "wrong_password", "E-mail and password do not fit.")
        response = web.json_response(self.me)
        response.set_cookie(COOKIE, "in", path="/", secure=True, httponly=True, samesite="Lax")
        return response

    async def _sign_out(self, request: web.Request) -> web.StreamResponse:
        response = web.Response(status=204)
        response.del_cookie(COOKIE, path="/", secure=True)
        return response

    async def _record(self, request: web.Request) -> web.StreamResponse:
        self.acts.append((request.path.rpartition("/")[2], await request.json()))
        return web.Response(status=204)

    async def _me(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(self.me)

    async def _sessions(self, request: web.Request) -> web.StreamResponse:
        browser = "Mozilla/5.0 (X11; Linux x86_64) Chrome/141.0 Safari/537.36"
        at = "2026-03-02T09:00:00+00:00"
        one = {"id": str(uuid4()), "browser": browser, "made_at": at, "seen_at": at, "this": True}
        return web.json_response([one])

    async def _team(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(self.team[request.path.rpartition("/")[2]])

    async def _presence(self, request: web.Request) -> web.StreamResponse:
        given = await request.json()
        self.acts.append(("presence", given))
        agent = self.agents[self.me["id"]]
        agent["presence"] = "away" if given.get("away") else "online"
        agent["draining"] = given.get("draining", False)
        await self.tell(type="agent", agent=agent)
        return web.json_response(agent)

    async def _inbox(self, request: web.Request) -> web.StreamResponse:
        wanted, search = request.query["tab"], request.query.get("search", "").lower()
        asked = request.query
        rows = [
            row
            for row in self.rows.values()
            if search in json.dumps(row).lower()
            and asked.get("channel") in {None, row["channel"]}
            and asked.get("language") in {None, row["language"]}
            and asked.get("assignee") in {None, row["owner"]["agent"] or "none"}
            and (wanted == "all" or (wanted == "waiting") is (row["owner"]["kind"] == "queue"))
        ]
        searched = len(self.rows) if search else None
        found = {"rows": rows, "next": None, "counts": self._counts(), "searched": searched}
        return web.json_response(found)

    async def _canned(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(self.canned)

    async def _fill(self, request: web.Request) -> web.StreamResponse:
        (one,) = [one for one in self.canned if one["id"] == request.match_info["id"]]
        text = one["texts"]["en"]
        gap = text.find("{{")
        end = text.find("}}") + 2
        gaps = [{"name": text[gap + 2 : end - 2], "from": gap, "to": end}] if gap >= 0 else []
        return web.json_response({"text": text, "language": "en", "gaps": gaps})

    async def _talk(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["id"]
        if name not in self.rows:
            return _problem(404, "not_found", "There is no such conversation.")
        return web.json_response({**self.talks[name], "row": self.rows[name]})

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        name, query = request.match_info["id"], request.query
        after, before = int(query.get("after", 0)), int(query.get("before", 2**31))
        found = [one for one in self.messages.get(name, []) if after < one["seq"] < before]
        notes = self.notes.get(name, [])
        return web.json_response({"messages": found, "notes": notes, "more": False})

    async def _customer(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(self.talks[request.match_info["id"]]["customer"])

    async def _act(self, request: web.Request) -> web.StreamResponse:
        name, act = request.match_info["id"], request.match_info["act"]
        given = await request.json()
        self.acts.append((act, given))
        if act in self.refusals:
            return _problem(*self.refusals.pop(act))
        if act == "reply":
            mine = {"agent": self.me["id"], "agent_name": self.me["name"]}
            said = await self.say(
                name, author="agent", text=given["text"], client_id=given["client_id"], **mine
            )
            return web.json_response({"seq": said["seq"]})
        if act == "notes":
            at = SystemClock().now().isoformat()
            note = a_note(self.me, seq=len(self.messages.get(name, [])), at=at, **given)
            self.notes.setdefault(name, []).append(note)
            await self.show(name, type="note", note=note)
            return web.json_response(note)
        await self.tell_row(self._after(act, self.rows[name]))
        return web.json_response(self.rows[name])

    async def _again(self, request: web.Request) -> web.StreamResponse:
        self.acts.append(("again", {"seq": int(request.match_info["seq"])}))
        return web.json_response(self.rows[request.match_info["id"]])

    def _after(self, act: str, row: Json) -> Json:
        mine = {"kind": "agent", "agent": self.me["id"], "name": self.me["name"]}
        owner = mine if act == "take" else {"kind": "bot", "agent": None, "name": None}
        return {**row, "owner": owner, "epoch": row["epoch"] + 1, "waiting_since": None}

    def _counts(self) -> Json:
        kinds = [row["owner"]["kind"] for row in self.rows.values()]
        mine = [row for row in self.rows.values() if row["owner"]["agent"] == self.me["id"]]
        waiting = kinds.count("queue")
        return {"mine": len(mine), "waiting": waiting, "open": waiting + kinds.count("agent")}

    async def _live(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(protocols=("console.v1",))
        await socket.prepare(request)
        hello = await socket.receive_json()
        self.hellos.append(hello)
        now = (SystemClock().now() + self.ahead).isoformat()
        common = {"era": "era", "seq": self.seq, "version": self.version, "now": now}
        if hello.get("era") == "era" and hello["since"] == self.seq:
            await socket.send_json({"type": "resumed", **common})
        else:
            await socket.send_json({"type": "state", **common, **self._state()})
        self._sockets[socket] = None
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    await self._heard(socket, frame.json())
        finally:
            del self._sockets[socket]
        return socket

    def _state(self) -> Json:
        rows = [row for row in self.rows.values() if row["owner"]["kind"] != "bot"]
        agents = list(self.agents.values())
        me = self.agents[self.me["id"]]
        return {"me": me, "agents": agents, "counts": self._counts(), "open": rows}

    async def _heard(self, socket: web.WebSocketResponse, frame: Json) -> None:
        match frame["type"]:
            case "watch":
                self._sockets[socket] = name = frame["conversation"]
                for message in self.messages.get(name, []):
                    if message["seq"] > frame["since"]:
                        shown = {"type": "message", "conversation": name, "message": message}
                        await socket.send_json(shown)
            case "unwatch":
                self._sockets[socket] = None


@web.middleware
async def _signed(request: web.Request, handler: Any) -> web.StreamResponse:
    public = ("/sign-in", "/password", "/oidc")
    asks = request.path.startswith("/console/api") and not request.path.endswith(public)
    if asks and COOKIE not in request.cookies:
        return _problem(401, "signed_out", "Please sign in.")
    return await handler(request)


def _problem(status: int, code: str, sentence: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": sentence}}, status=status)


async def _icon(request: web.Request) -> web.StreamResponse:
    return web.Response(body=b"<svg xmlns='x'/>", content_type="image/svg+xml")


async def _no_issuers(request: web.Request) -> web.StreamResponse:
    return web.json_response({"issuers": [], "reasons": {}})


@asynccontextmanager
async def serving(console: FakeConsole) -> AsyncIterator[FakeConsole]:
    """Served on a port of its own."""
    runner = web.AppRunner(console.app(), shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    console.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield console
    finally:
        await console.cut()
        await runner.cleanup()
