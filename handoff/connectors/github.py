"""GitHub Issues.

https://docs.github.com/en/rest/issues
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from handoff.connectors.calling import Caller, Server
from handoff.connectors.contract import (
    Answer,
    Connector,
    Finding,
    Heard,
    Issue,
    Note,
    Remote,
    Status,
)
from handoff.connectors.mapping import Mapped
from handoff.connectors.parts import Secrets, unmarked
from handoff.connectors.signed import body_of, check_digest, inner
from handoff.tickets.ticket import State

_PAGE, _PAGES = 100, 5


class GitHub(Connector):
    """A repository; issues and comments bear their marker in a comment of their Markdown.

    There are no internal comments here: those stay with us.
    """

    def __init__(self, caller: Caller, mapped: Mapped, secrets: Secrets) -> None:
        self._caller = caller
        self._mapped = mapped
        self._secrets = secrets
        owner, repo = (quote(mapped.project[name], safe="") for name in ("owner", "repo"))
        self._repo = f"/repos/{owner}/{repo}"
        self._server = Server(
            url=mapped.url,
            headers={
                "Authorization": f"Bearer {secrets.token}",
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
            },
            private=mapped.private,
            timeout_s=mapped.timeout_s,
        )

    async def find(self, marker: str) -> Remote | None:
        newest = {"state": "all", "sort": "created", "direction": "desc", "per_page": str(_PAGE)}
        listed = await self._caller.read(self._server, f"{self._repo}/issues", newest) or []
        found = [one for one in listed if _mark(marker) in (one.get("body") or "")]
        if not found:  # the list is up to date and short, the index late and whole
            owner, repo = self._mapped.project["owner"], self._mapped.project["repo"]
            query = {"q": f'"{marker}" repo:{owner}/{repo} is:issue in:body'}
            indexed = await self._caller.read(self._server, "/search/issues", query) or {}
            found = [
                one for one in indexed.get("items", []) if _mark(marker) in (one.get("body") or "")
            ]
        return _remote(min(found, key=lambda one: int(one["number"]))) if found else None

    async def create(self, issue: Issue) -> Remote:
        body = {"title": issue.title, "body": f"{issue.text}\n\n{_mark(issue.marker)}"}
        made = await self._caller.write(self._server, "POST", f"{self._repo}/issues", body)
        return _remote(made)

    async def said(self, remote: str, note: Note) -> bool:
        if not note.public:
            return True
        return any(_mark(note.marker) in one["body"] for one in await self._comments(remote))

    async def comment(self, remote: str, note: Note) -> None:
        if note.public:
            body = {"body": f"{note.text}\n\n{_mark(note.marker)}"}
            path = f"{self._repo}/issues/{remote}/comments"
            await self._caller.write(self._server, "POST", path, body)

    async def close(self, remote: str) -> None:
        await self._patch(remote, {"state": "closed", "state_reason": "completed"})

    async def reopen(self, remote: str) -> None:
        await self._patch(remote, {"state": "open", "state_reason": "reopened"})

    async def look(self, remote: str) -> Status | None:
        found = await self._caller.read(self._server, f"{self._repo}/issues/{remote}")
        if found is None:
            return Status(state=State.CLOSED)
        usual = State.SOLVED if found["state"] == "closed" else State.NEW
        reason = str(found.get("state_reason") or found["state"])
        return Status(
            state=self._mapped.state(reason, usual),
            answers=await self._answers(remote) if self._mapped.answers else (),
        )

    def hear(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Heard:
        # https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
        given = headers.get("X-Hub-Signature-256", "")
        check_digest(self._secrets.hook, body, given, "sha256=")
        return Heard(remote=inner(body_of(body), "issue", "number"))

    async def check(self) -> Sequence[Finding]:
        me = await self._caller.read(self._server, "/user") or {}
        found = [Finding(what="account", good=True, says=str(me.get("login", "")))]
        repo = await self._caller.read(self._server, self._repo)
        if repo is None:
            says = "there is no such repository, or it is not shown to the account"
            return [*found, Finding(what="repository", good=False, says=says)]
        good = bool(repo.get("has_issues")) and not repo.get("archived")
        says = "found" if good else "it takes no issues"
        found.append(Finding(what="repository", good=good, says=says))
        if not repo.get("private"):
            says = "it is public: everybody can read what customers wrote"
            found.append(Finding(what="visibility", good=False, says=says))
        return found

    async def _patch(self, remote: str, changes: Mapping[str, Any]) -> None:
        await self._caller.write(self._server, "PATCH", f"{self._repo}/issues/{remote}", changes)

    async def _comments(self, remote: str) -> Sequence[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        for page in range(1, _PAGES + 1):
            query = {"per_page": str(_PAGE), "page": str(page)}
            path = f"{self._repo}/issues/{remote}/comments"
            more = await self._caller.read(self._server, path, query) or []
            found += more
            if len(more) < _PAGE:
                break
        return found

    async def _answers(self, remote: str) -> tuple[Answer, ...]:
        return unmarked(
            Answer(
                id=str(one["id"]),
                text=str(one["body"]),
                at=datetime.fromisoformat(one["created_at"]),
            )
            for one in await self._comments(remote)
        )


def _mark(marker: str) -> str:
    return f"<!-- {marker} -->"


def _remote(found: Mapping[str, Any]) -> Remote:
    number = str(found["number"])
    return Remote(id=number, label=f"#{number}", url=str(found["html_url"]))
