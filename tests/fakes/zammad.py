"""Zammad on loopback.

Checked against zammad's own request specs (ticket_spec: `tags` as one text with commas, 201, 422
with `error_human` for an unknown group; articles) and its administrators' pages on webhooks
(`X-Hub-Signature: sha1=`, `ticket.id` in the payload).
"""

import hashlib
import hmac
from typing import Any

from aiohttp import web

from tests.fakes.trackers import HOOK, TOKEN, FakeIssue, FakeTracker, encoded


class FakeZammad(FakeTracker):
    """A service with the group Users."""

    def mapping(self) -> str:
        return (
            f'kind = "zammad"\nurl = "{self.url}"\nprivate = true\nanswers = true\n'
            '[project]\ngroup = "Users"\ncustomer = "nobody@acme.example"\n'
            '[fields]\norder = "orders"\n'
        )

    def routes(self, router: web.UrlDispatcher) -> None:
        root = "/api/v1"
        router.add_get(f"{root}/tickets/search", self._search)
        router.add_post(f"{root}/tickets", self._create)
        router.add_get(rf"{root}/tickets/{{id:\d+}}", self._get)
        router.add_put(rf"{root}/tickets/{{id:\d+}}", self._put)
        router.add_post(f"{root}/ticket_articles", self._article)
        router.add_get(f"{root}/ticket_articles/by_ticket/{{id}}", self._articles)
        router.add_get(f"{root}/users/me", self._me)
        router.add_get(f"{root}/groups", self._groups)
        router.add_get(f"{root}/object_manager_attributes", self._attributes)

    def signed_in(self, request: web.Request) -> bool:
        return request.headers.get("Authorization") == f"Token token={TOKEN}"

    def set_state(self, issue: FakeIssue, done: bool) -> None:
        issue.state = "closed" if done else "open"

    def is_done(self, issue: FakeIssue) -> bool:
        return issue.state == "closed"

    def answer(self, issue: FakeIssue, text: str) -> None:
        self._say(issue, {"body": text, "internal": False})

    def hook(self, issue: FakeIssue) -> tuple[dict[str, str], bytes]:
        body = encoded({"ticket": {"id": issue.id, "state": issue.state}, "article": {}})
        mac = hmac.new(HOOK.encode(), body, hashlib.sha1).hexdigest()
        return {"X-Hub-Signature": f"sha1={mac}", "X-Zammad-Delivery": "1"}, body

    async def _search(self, request: web.Request) -> web.Response:
        marker = request.query["query"].removeprefix("tags:").strip('"')
        found = [] if self.is_hidden() else self.marked(marker)
        return web.json_response([self._shown(one) for one in found])

    async def _create(self, request: web.Request) -> web.Response:
        sent = await request.json()
        if sent["group"] != "Users" or not sent["customer_id"].startswith("guess:"):
            said = {"error": "No lookup value", "error_human": "No lookup value"}
            return web.json_response(said, status=422)
        marker = next(tag for tag in sent["tags"].split(",") if tag.startswith("sb-"))
        issue = self.add(marker, sent["title"], sent["article"]["body"], "new")
        return web.json_response(self._shown(issue), status=201)

    async def _get(self, request: web.Request) -> web.Response:
        issue = self.issues.get(int(request.match_info["id"]))
        if issue is None:
            return web.json_response({"error": "Couldn't find Ticket"}, status=404)
        shown = self._shown(issue)
        if request.query.get("expand") == "true":
            shown["state"] = issue.state
        return web.json_response(shown)

    async def _put(self, request: web.Request) -> web.Response:
        issue = self.issues[int(request.match_info["id"])]
        issue.state = (await request.json())["state"]
        return web.json_response(self._shown(issue))

    async def _article(self, request: web.Request) -> web.Response:
        sent = await request.json()
        return web.json_response(self._say(self.issues[sent["ticket_id"]], sent), status=201)

    async def _articles(self, request: web.Request) -> web.Response:
        return web.json_response(self.issues[int(request.match_info["id"])].comments)

    async def _me(self, request: web.Request) -> web.Response:
        return web.json_response({"id": 3, "login": "bot@acme.example"})

    async def _groups(self, request: web.Request) -> web.Response:
        return web.json_response([{"id": 1, "name": "Users"}])

    async def _attributes(self, request: web.Request) -> web.Response:
        return web.json_response([{"object": "Ticket", "name": "order"}])

    def _say(self, issue: FakeIssue, sent: dict[str, Any]) -> dict[str, Any]:
        n = len(issue.comments)
        made = {"id": issue.id * 100 + n, "body": sent["body"], "internal": sent["internal"],
                "public": not sent["internal"], "sender": "Agent",
                "created_at": f"2026-06-01T12:00:{n:02}Z"}  # fmt: skip
        issue.comments.append(made)
        return made

    def _shown(self, issue: FakeIssue) -> dict[str, Any]:
        return {"id": issue.id, "number": f"67{issue.id}", "title": issue.title, "state_id": 1}
