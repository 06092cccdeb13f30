"""GitHub Issues on loopback.

Checked against GitHub's pages on issues (list: newest first with `sort` and `direction`, pages of
at most 100, `state_reason`), on rate limits (403 or 429 with `x-ratelimit-remaining: 0`), and
against octokit's webhook examples (`issue.number`; `X-Hub-Signature-256: sha256=`).
"""

import hashlib
import hmac
import re
from typing import Any

from aiohttp import web

from tests.fakes.trackers import HOOK, TOKEN, FakeIssue, FakeTracker, encoded

_MARK = re.compile(r"<!-- (sb-[0-9a-f-]{36}) -->")


class FakeGitHub(FakeTracker):
    """The private repository acme/support."""

    def mapping(self) -> str:
        return (
            f'kind = "github"\nurl = "{self.url}"\nprivate = true\nanswers = true\n'
            '[project]\nowner = "acme"\nrepo = "support"\n'
        )

    def routes(self, router: web.UrlDispatcher) -> None:
        root = "/repos/acme/support"
        router.add_get(root, self._repo)
        router.add_get("/user", self._user)
        router.add_get("/search/issues", self._search)
        router.add_get(f"{root}/issues", self._list)
        router.add_post(f"{root}/issues", self._create)
        router.add_get(f"{root}/issues/{{n}}", self._get)
        router.add_patch(f"{root}/issues/{{n}}", self._patch)
        router.add_get(f"{root}/issues/{{n}}/comments", self._comments)
        router.add_post(f"{root}/issues/{{n}}/comments", self._comment)

    def signed_in(self, request: web.Request) -> bool:
        return request.headers.get("Authorization") == f"Bearer {TOKEN}"

    def set_state(self, issue: FakeIssue, done: bool) -> None:
        issue.state = "closed" if done else "open"

    def is_done(self, issue: FakeIssue) -> bool:
        return issue.state == "closed"

    def answer(self, issue: FakeIssue, text: str) -> None:
        self._say(issue, text)

    def hook(self, issue: FakeIssue) -> tuple[dict[str, str], bytes]:
        body = encoded({"action": "closed", "issue": {"number": issue.id}})
        mac = hmac.new(HOOK.encode(), body, hashlib.sha256).hexdigest()
        return {"X-Hub-Signature-256": f"sha256={mac}", "X-GitHub-Event": "issues"}, body

    async def _repo(self, request: web.Request) -> web.Response:
        return web.json_response({"has_issues": True, "archived": False, "private": True})

    async def _user(self, request: web.Request) -> web.Response:
        return web.json_response({"login": "acme-bot"})

    async def _search(self, request: web.Request) -> web.Response:
        found = [one for one in self.issues.values() if f'"{one.marker}"' in request.query["q"]]
        items = [] if self.is_hidden() else [self._shown(one) for one in found]
        return web.json_response({"total_count": len(items), "items": items})

    async def _list(self, request: web.Request) -> web.Response:
        newest = sorted(self.issues.values(), key=lambda one: -one.id)
        hidden = self.is_hidden()
        size = int(request.query["per_page"])
        return web.json_response([] if hidden else [self._shown(one) for one in newest[:size]])

    async def _create(self, request: web.Request) -> web.Response:
        sent = await request.json()
        mark = _MARK.search(sent["body"])
        if not sent["title"] or mark is None:
            said = {"message": "Validation Failed", "errors": [{"field": "title"}]}
            return web.json_response(said, status=422)
        issue = self.add(mark[1], sent["title"], sent["body"], "open")
        return web.json_response(self._shown(issue), status=201)

    async def _get(self, request: web.Request) -> web.Response:
        issue = self.issues.get(int(request.match_info["n"]))
        if issue is None:
            return web.json_response({"message": "Not Found"}, status=404)
        return web.json_response(self._shown(issue))

    async def _patch(self, request: web.Request) -> web.Response:
        issue = self.issues[int(request.match_info["n"])]
        issue.state = (await request.json())["state"]
        return web.json_response(self._shown(issue))

    async def _comments(self, request: web.Request) -> web.Response:
        every = self.issues[int(request.match_info["n"])].comments
        start = (int(request.query["page"]) - 1) * int(request.query["per_page"])
        return web.json_response(every[start : start + int(request.query["per_page"])])

    async def _comment(self, request: web.Request) -> web.Response:
        issue = self.issues[int(request.match_info["n"])]
        return web.json_response(self._say(issue, (await request.json())["body"]), status=201)

    def _say(self, issue: FakeIssue, text: str) -> dict[str, Any]:
        n = len(issue.comments)
        made = {"id": issue.id * 100 + n, "body": text, "public": True,
                "created_at": f"2026-06-01T12:00:{n:02}Z"}  # fmt: skip
        issue.comments.append(made)
        return made

    def _shown(self, issue: FakeIssue) -> dict[str, Any]:
        reason = "completed" if issue.state == "closed" else None
        page = f"{self.url}/acme/support/issues/{issue.id}"
        return {"number": issue.id, "state": issue.state, "state_reason": reason,
                "body": issue.text, "html_url": page}  # fmt: skip
