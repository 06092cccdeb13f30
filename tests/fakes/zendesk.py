"""Zendesk Support on loopback.

Checked against the vendor's pages on tickets (`external_id`, `GET /tickets.json?external_id=`, a
closed ticket is not changed: 422) and on verifying webhooks (Base64 of HMAC-SHA256 over the
timestamp and the body, nothing between them). The first answer to an `Idempotency-Key` is given
again. For a wrong token `users/me` answers 200 for nobody, as the real one does.
"""

import base64
import hashlib
import hmac
from typing import Any

from aiohttp import web

from tests.fakes.trackers import HOOK, TOKEN, FakeIssue, FakeTracker, encoded


class FakeZendesk(FakeTracker):
    """An account with one custom field."""

    def __init__(self) -> None:
        super().__init__()
        self._keys: dict[str, int] = {}

    def mapping(self) -> str:
        return (
            f'kind = "zendesk"\nurl = "{self.url}"\nprivate = true\nanswers = true\n'
            '[project]\nuser = "bot@acme.example"\n[fields]\n360001 = "orders"\n'
        )

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/api/v2/tickets.json", self._list)
        router.add_post("/api/v2/tickets.json", self._create)
        router.add_get(r"/api/v2/tickets/{id:\d+}.json", self._get)
        router.add_put(r"/api/v2/tickets/{id:\d+}.json", self._put)
        router.add_get("/api/v2/tickets/{id}/comments.json", self._comments)
        router.add_get("/api/v2/users/me.json", self._me)
        router.add_get(r"/api/v2/ticket_fields/{id:\d+}.json", self._field)

    def signed_in(self, request: web.Request) -> bool:
        return self._known(request) or request.path == "/api/v2/users/me.json"

    def set_state(self, issue: FakeIssue, done: bool) -> None:
        issue.state = "solved" if done else "open"

    def is_done(self, issue: FakeIssue) -> bool:
        return issue.state in {"solved", "closed"}

    def answer(self, issue: FakeIssue, text: str) -> None:
        self._say(issue, {"body": text, "public": True})

    def hook(self, issue: FakeIssue) -> tuple[dict[str, str], bytes]:
        body = encoded({"type": "zen:event-type:ticket.status_changed",
                        "detail": {"id": str(issue.id)}})  # fmt: skip
        at = "2026-06-01T12:00:00Z"
        mac = hmac.digest(HOOK.encode(), at.encode() + body, hashlib.sha256)
        return {
            "X-Zendesk-Webhook-Signature": base64.b64encode(mac).decode(),
            "X-Zendesk-Webhook-Signature-Timestamp": at,
        }, body

    async def _list(self, request: web.Request) -> web.Response:
        found = [] if self.is_hidden() else self.marked(request.query["external_id"])
        return web.json_response({"tickets": [self._shown(one) for one in found]})

    async def _create(self, request: web.Request) -> web.Response:
        ticket, key = (await request.json())["ticket"], request.headers["Idempotency-Key"]
        if not ticket["comment"]["body"] or ticket["priority"] not in {
            "low", "normal", "high", "urgent",
        }:  # fmt: skip
            said = {"error": "RecordInvalid", "details": {"priority": []}}
            return web.json_response(said, status=422)
        if key not in self._keys:
            issue = self.add(
                ticket["external_id"], ticket["subject"], ticket["comment"]["body"], "new"
            )
            self._keys[key] = issue.id
        return web.json_response({"ticket": self._shown(self.issues[self._keys[key]])}, status=201)

    async def _get(self, request: web.Request) -> web.Response:
        issue = self.issues.get(int(request.match_info["id"]))
        if issue is None:
            return web.json_response({"error": "RecordNotFound"}, status=404)
        return web.json_response({"ticket": self._shown(issue)})

    async def _put(self, request: web.Request) -> web.Response:
        issue = self.issues[int(request.match_info["id"])]
        changes = (await request.json())["ticket"]
        if issue.state == "closed":
            said = {"error": "RecordInvalid", "details": {"status": [{"error": "InvalidValue"}]}}
            return web.json_response(said, status=422)
        if "comment" in changes:
            self._say(issue, changes["comment"])
        issue.state = changes.get("status", issue.state)
        return web.json_response({"ticket": self._shown(issue)})

    async def _comments(self, request: web.Request) -> web.Response:
        issue = self.issues[int(request.match_info["id"])]
        return web.json_response({"comments": issue.comments[::-1]})

    async def _me(self, request: web.Request) -> web.Response:
        known = {"id": 7, "name": "Bot", "role": "agent"}
        nobody = {"id": None, "name": "Anonymous user", "role": "end-user"}
        return web.json_response({"user": known if self._known(request) else nobody})

    async def _field(self, request: web.Request) -> web.Response:
        if request.match_info["id"] != "360001":
            return web.json_response({"error": "RecordNotFound"}, status=404)
        return web.json_response({"ticket_field": {"id": 360001, "title": "Order"}})

    def _known(self, request: web.Request) -> bool:
        pair = base64.b64encode(f"bot@acme.example/token:{TOKEN}".encode()).decode()
        return request.headers.get("Authorization") == f"Basic {pair}"

    def _say(self, issue: FakeIssue, comment: dict[str, Any]) -> None:
        n = len(issue.comments)
        at = f"2026-06-01T12:00:{n:02}Z"
        issue.comments.append({"id": issue.id * 100 + n, "created_at": at, **comment})

    def _shown(self, issue: FakeIssue) -> dict[str, Any]:
        return {"id": issue.id, "external_id": issue.marker, "status": issue.state,
                "subject": issue.title}  # fmt: skip
