"""Jira on loopback, as Cloud (REST 3) or as a server of one's own (REST 2).

Checked against the OpenAPI document of the Cloud platform as the crate jira_v3_openapi has it
(CreatedIssue: id, key, self), Atlassian's notes on `search/jql` (no fields without `fields`,
`nextPageToken`, no `total`; `POST /rest/api/3/search` is gone with 410), the structure of
Atlassian documents, and the WebSub signature of administrators' webhooks
(`X-Hub-Signature: sha256=`).
"""

import base64
import hashlib
import hmac
import re
from typing import Any

from aiohttp import web

from handoff.connectors.adf import plain
from tests.fakes.trackers import HOOK, TOKEN, FakeIssue, FakeTracker, encoded

_CATEGORY = {"To Do": "new", "In Progress": "indeterminate", "Done": "done"}


class FakeJira(FakeTracker):
    """A project SUP with issues of the type Task."""

    def __init__(self, api: str = "cloud") -> None:
        super().__init__()
        self.api = api

    def mapping(self) -> str:
        user = 'user = "bot@acme.example"\n' if self.api == "cloud" else ""
        return (
            f'kind = "jira"\nurl = "{self.url}"\nprivate = true\nanswers = true\n'
            f'[project]\nkey = "SUP"\ntype = "Task"\napi = "{self.api}"\n{user}'
            '[fields]\ncustomfield_10010 = "orders"\n'
        )

    def routes(self, router: web.UrlDispatcher) -> None:
        root = "/rest/api/3" if self.api == "cloud" else "/rest/api/2"
        router.add_post(f"{root}/issue", self._create)
        router.add_post(f"{root}/search" + ("/jql" if self.api == "cloud" else ""), self._search)
        router.add_get(f"{root}/issue/{{id}}", self._get)
        router.add_get(f"{root}/issue/{{id}}/transitions", self._transitions)
        router.add_post(f"{root}/issue/{{id}}/transitions", self._transition)
        router.add_get(f"{root}/issue/{{id}}/comment", self._comments)
        router.add_post(f"{root}/issue/{{id}}/comment", self._comment)
        router.add_get(f"{root}/myself", self._myself)
        router.add_get(f"{root}/project/{{key}}", self._project)
        router.add_get(f"{root}/field", self._fields)

    def signed_in(self, request: web.Request) -> bool:
        basic = "Basic " + base64.b64encode(f"bot@acme.example:{TOKEN}".encode()).decode()
        wanted = basic if self.api == "cloud" else f"Bearer {TOKEN}"
        return request.headers.get("Authorization") == wanted

    def set_state(self, issue: FakeIssue, done: bool) -> None:
        issue.state = "Done" if done else "In Progress"

    def is_done(self, issue: FakeIssue) -> bool:
        return issue.state == "Done"

    def answer(self, issue: FakeIssue, text: str) -> None:
        self._add_comment(issue, self._text(text), public=True)

    def hook(self, issue: FakeIssue) -> tuple[dict[str, str], bytes]:
        body = encoded({"webhookEvent": "jira:issue_updated", "issue": {"id": str(issue.id)}})
        mac = hmac.new(HOOK.encode(), body, hashlib.sha256).hexdigest()
        return {"X-Hub-Signature": f"sha256={mac}"}, body

    async def _create(self, request: web.Request) -> web.Response:
        fields = (await request.json())["fields"]
        errors = {}
        if fields["project"]["key"] != "SUP":
            errors["project"] = "valid project is required"
        if fields["issuetype"]["name"] != "Task":
            errors["issuetype"] = "Specify a valid issue type"
        if isinstance(fields["description"], dict) is not (self.api == "cloud"):
            errors["description"] = "Operation value must be an Atlassian Document"
        if any(" " in label for label in fields["labels"]) or len(fields["summary"]) > 255:
            errors["labels"] = "The label contains spaces"
        if errors:
            return web.json_response({"errorMessages": [], "errors": errors}, status=400)
        marker = next(label for label in fields["labels"] if label.startswith("sb-"))
        issue = self.add(marker, fields["summary"], plain(fields["description"]), "To Do")
        return web.json_response(self._short(issue), status=201)

    async def _search(self, request: web.Request) -> web.Response:
        asked = await request.json()
        label = re.search(r'labels = "([^"]+)"', asked["jql"])
        found = [] if self.is_hidden() or not label else self.marked(label[1])
        return web.json_response({"issues": [self._short(one) for one in found], "isLast": True})

    async def _get(self, request: web.Request) -> web.Response:
        issue = self.issues.get(_number(request))
        if issue is None:
            return web.json_response({"errorMessages": ["Issue does not exist"]}, status=404)
        status = {"name": issue.state, "statusCategory": {"key": _CATEGORY[issue.state]}}
        return web.json_response({**self._short(issue), "fields": {"status": status}})

    async def _transitions(self, request: web.Request) -> web.Response:
        ways = [
            {"id": str(n), "name": name, "to": {"name": name, "statusCategory": {"key": key}}}
            for n, (name, key) in enumerate(_CATEGORY.items())
        ]
        return web.json_response({"transitions": ways})

    async def _transition(self, request: web.Request) -> web.Response:
        chosen = int((await request.json())["transition"]["id"])
        self.issues[_number(request)].state = list(_CATEGORY)[chosen]
        return web.Response(status=204)

    async def _comments(self, request: web.Request) -> web.Response:
        issue = self.issues[_number(request)]
        return web.json_response({"comments": issue.comments[::-1], "total": len(issue.comments)})

    async def _comment(self, request: web.Request) -> web.Response:
        sent = await request.json()
        internal = any(one["value"]["internal"] for one in sent.get("properties", ()))
        issue = self.issues[_number(request)]
        return web.json_response(
            self._add_comment(issue, sent["body"], public=not internal), status=201
        )

    async def _myself(self, request: web.Request) -> web.Response:
        return web.json_response({"accountId": "5b10", "displayName": "Bot"})

    async def _project(self, request: web.Request) -> web.Response:
        if request.match_info["key"] != "SUP":
            return web.json_response({"errorMessages": ["No project"]}, status=404)
        return web.json_response({"key": "SUP", "issueTypes": [{"name": "Task"}]})

    async def _fields(self, request: web.Request) -> web.Response:
        return web.json_response([{"id": "summary"}, {"id": "customfield_10010"}])

    def _add_comment(self, issue: FakeIssue, body: Any, *, public: bool) -> dict[str, Any]:
        made = {
            "id": str(10_000 + len(issue.comments)),
            "body": body,
            "created": f"2026-06-01T12:00:{len(issue.comments):02}.000+0000",
            "jsdPublic": public,
        }
        issue.comments.append(made)
        return made

    def _text(self, text: str) -> Any:
        content = [{"type": "paragraph", "content": [{"type": "text", "text": text}]}]
        document = {"type": "doc", "version": 1, "content": content}
        return document if self.api == "cloud" else text

    def _short(self, issue: FakeIssue) -> dict[str, str]:
        own = str(issue.id)
        return {"id": own, "key": f"SUP-{own}", "self": f"{self.url}/rest/api/issue/{own}"}


def _number(request: web.Request) -> int:
    """Of the issue, which may be named by its id or its key."""
    return int(request.match_info["id"].removeprefix("SUP-"))
