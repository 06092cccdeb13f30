"""Zammad.

https://docs.zammad.org/en/latest/api/intro.html
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

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
from handoff.connectors.parts import Secrets, marked, unmarked
from handoff.connectors.signed import body_of, check_digest, inner
from handoff.tickets.ticket import State

_STATES = {"new": State.NEW, "open": State.OPEN, "pending reminder": State.PENDING,
           "pending close": State.PENDING, "closed": State.CLOSED,
           "merged": State.CLOSED}  # fmt: skip
_PRIORITIES = {"low": "1 low", "normal": "2 normal", "high": "3 high", "urgent": "3 high"}
_DONE = frozenset({"closed", "merged"})


class Zammad(Connector):
    """A group; tickets bear their marker as a tag."""

    def __init__(self, caller: Caller, mapped: Mapped, secrets: Secrets) -> None:
        self._caller = caller
        self._mapped = mapped
        self._secrets = secrets
        self._server = Server(
            url=mapped.url,
            headers={"Authorization": f"Token token={secrets.token}"},
            private=mapped.private,
            timeout_s=mapped.timeout_s,
        )

    async def find(self, marker: str) -> Remote | None:
        query = {"query": f'tags:"{marker}"', "expand": "true", "limit": "10"}
        found = await self._caller.read(self._server, "/api/v1/tickets/search", query) or []
        return self._remote(min(found, key=lambda one: int(one["id"]))) if found else None

    async def create(self, issue: Issue) -> Remote:
        priority = self._mapped.priorities.get(issue.priority, _PRIORITIES[issue.priority])
        own = {name: issue.fields[source] for name, source in self._mapped.fields.items()}
        ticket = {
            **own,
            "title": issue.title,
            "group": self._mapped.project["group"],
            "customer_id": f"guess:{issue.email or self._mapped.project['customer']}",
            "priority": priority,
            "tags": f"switchboard,{issue.marker}",
            "article": {
                "subject": issue.title,
                "body": issue.text,
                "content_type": "text/plain",
                "type": "note",
                "internal": True,
            },
        }
        made = await self._caller.write(self._server, "POST", "/api/v1/tickets", ticket)
        return self._remote(made)

    async def said(self, remote: str, note: Note) -> bool:
        return any(note.marker in one["body"] for one in await self._articles(remote))

    async def comment(self, remote: str, note: Note) -> None:
        article = {
            "ticket_id": int(remote),
            "body": marked(note),
            "content_type": "text/plain",
            "type": "note",
            "internal": not note.public,
        }
        await self._caller.write(self._server, "POST", "/api/v1/ticket_articles", article)

    async def close(self, remote: str) -> None:
        if await self._state(remote) not in _DONE:
            await self._put(remote, {"state": "closed"})

    async def reopen(self, remote: str) -> None:
        if await self._state(remote) in _DONE:
            await self._put(remote, {"state": "open"})

    async def look(self, remote: str) -> Status | None:
        state = await self._state(remote)
        return Status(
            state=self._mapped.state(state, _STATES.get(state, State.OPEN)),
            answers=await self._answers(remote) if self._mapped.answers else (),
        )

    def hear(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Heard:
        # SHA-1 is what it signs with: https://admin-docs.zammad.org/en/latest/manage/webhook.html
        check_digest(self._secrets.hook, body, headers.get("X-Hub-Signature", ""), "sha1=")
        return Heard(remote=inner(body_of(body), "ticket", "id"))

    async def check(self) -> Sequence[Finding]:
        me = await self._caller.read(self._server, "/api/v1/users/me") or {}
        found = [Finding(what="account", good=True, says=str(me.get("login", "")))]
        groups = await self._caller.read(self._server, "/api/v1/groups") or []
        names, wanted = [str(one["name"]) for one in groups], self._mapped.project["group"]
        says = f"there are {', '.join(names)}"
        found.append(Finding(what=f"group {wanted}", good=wanted in names, says=says))
        attributes = await self._caller.read(self._server, "/api/v1/object_manager_attributes")
        known = {one["name"] for one in attributes or [] if one.get("object") == "Ticket"}
        for name in self._mapped.fields:
            says = "found" if name in known else "there is no such attribute of tickets"
            found.append(Finding(what=f"field {name}", good=name in known, says=says))
        return found

    async def _state(self, remote: str) -> str:
        path, query = f"/api/v1/tickets/{remote}", {"expand": "true"}
        found = await self._caller.read(self._server, path, query)
        return str(found["state"]) if found else "closed"

    async def _put(self, remote: str, changes: Mapping[str, str]) -> None:
        await self._caller.write(self._server, "PUT", f"/api/v1/tickets/{remote}", changes)

    async def _articles(self, remote: str) -> Sequence[Mapping[str, Any]]:
        path = f"/api/v1/ticket_articles/by_ticket/{remote}"
        found: Sequence[Mapping[str, Any]] = await self._caller.read(self._server, path) or []
        return found

    async def _answers(self, remote: str) -> tuple[Answer, ...]:
        return unmarked(
            Answer(
                id=str(one["id"]),
                text=str(one["body"]),
                at=datetime.fromisoformat(one["created_at"]),
            )
            for one in await self._articles(remote)
            if not one["internal"] and one.get("sender") == "Agent"
        )

    def _remote(self, found: Mapping[str, Any]) -> Remote:
        own = str(found["id"])
        return Remote(
            id=own, label=f"#{found['number']}", url=f"{self._mapped.url}/#ticket/zoom/{own}"
        )
