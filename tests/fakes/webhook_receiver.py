"""A program of an operator's own that takes our signed requests; checked against our RUNBOOK."""

import hashlib
import hmac
import json
from typing import Any

from aiohttp import web

from tests.fakes.trackers import HOOK, TOKEN, FakeIssue, FakeTracker, encoded

_NOW = 1780315200
"""2026-06-01 12:00 UTC, where the tests' clock stands."""


class FakeReceiver(FakeTracker):
    """Keeps what it was sent, each key once; a wrong signature is refused."""

    def __init__(self) -> None:
        super().__init__()
        self._keys: set[str] = set()
        self.said_at = _NOW

    def mapping(self) -> str:
        return (
            f'kind = "webhook"\nurl = "{self.url}/in"\nprivate = true\n[project]\nstatus = "ask"\n'
        )

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_post("/in", self._take)
        router.add_get("/in/{id}", self._get)

    def signed_in(self, request: web.Request) -> bool:
        return "Switchboard-Signature" in request.headers

    def set_state(self, issue: FakeIssue, done: bool) -> None:
        issue.state = "solved" if done else "open"
        self.said_at += 1

    def is_done(self, issue: FakeIssue) -> bool:
        return issue.state in {"solved", "closed"}

    def hook(self, issue: FakeIssue) -> tuple[dict[str, str], bytes]:
        return self._sign(encoded(self._shown(issue)))

    async def _take(self, request: web.Request) -> web.Response:
        body, at = await request.read(), request.headers["Switchboard-Timestamp"]
        mac = hmac.new(TOKEN.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        if request.headers["Switchboard-Signature"] != f"v1={mac}":
            return self.refused()
        sent, key = json.loads(body), request.headers["Idempotency-Key"]
        if key not in self._keys:
            self._keys.add(key)
            self._do(sent)
        if sent["type"] == "ticket.created":
            (issue,) = self.marked(sent["ticket"]["marker"])
            return web.json_response({"id": str(issue.id), "label": f"T{issue.id}"})
        return web.Response(text="ok")

    def _do(self, sent: dict[str, Any]) -> None:
        if sent["type"] == "ticket.created":
            ticket = sent["ticket"]
            self.add(ticket["marker"], ticket["title"], ticket["text"], "new")
        if "id" not in sent:
            return
        issue = self.issues[int(sent["id"])]
        if sent["type"] == "ticket.commented":
            said = sent["comment"]
            issue.comments.append({"body": said["text"], "public": said["public"]})
        if sent["type"] in {"ticket.closed", "ticket.reopened"}:
            issue.state = "solved" if sent["type"] == "ticket.closed" else "open"

    async def _get(self, request: web.Request) -> web.Response:
        return web.json_response(self._shown(self.issues[int(request.match_info["id"])]))

    def _shown(self, issue: FakeIssue) -> dict[str, str]:
        seconds = self.said_at - _NOW
        at = f"2026-06-01T12:00:{seconds:02}+00:00"
        return {"id": str(issue.id), "state": issue.state, "at": at}

    def _sign(self, body: bytes) -> tuple[dict[str, str], bytes]:
        mac = hmac.new(HOOK.encode(), f"{_NOW}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {"Switchboard-Timestamp": str(_NOW), "Switchboard-Signature": f"v1={mac}"}
        return headers, body
