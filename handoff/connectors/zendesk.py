"""Zendesk Support.

https://developer.zendesk.com/api-reference/ticketing/introduction/
"""

import base64
import hashlib
import hmac
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
from handoff.connectors.signed import body_of, check_same, inner
from handoff.tickets.ticket import State

_STATES = {"new": State.NEW, "open": State.OPEN, "pending": State.PENDING, "hold": State.PENDING,
           "solved": State.SOLVED, "closed": State.CLOSED}  # fmt: skip


class Zendesk(Connector):
    """An account; tickets bear their marker as `external_id`, and as an idempotency key."""

    def __init__(self, caller: Caller, mapped: Mapped, secrets: Secrets) -> None:
        self._caller = caller
        self._mapped = mapped
        self._secrets = secrets
        pair = f"{mapped.project['user']}/token:{secrets.token}"
        self._server = Server(
            url=mapped.url,
            headers={"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()},
            private=mapped.private,
            timeout_s=mapped.timeout_s,
        )

    async def find(self, marker: str) -> Remote | None:
        query = {"external_id": marker}
        found = await self._caller.read(self._server, "/api/v2/tickets.json", query) or {}
        tickets = sorted(found.get("tickets", []), key=lambda one: int(one["id"]))
        return self._remote(tickets[0]) if tickets else None

    async def create(self, issue: Issue) -> Remote:
        ticket: dict[str, Any] = {
            "subject": issue.title,
            "comment": {"body": issue.text, "public": False},
            "external_id": issue.marker,
            "priority": self._mapped.priorities.get(issue.priority, issue.priority.value),
            "tags": ["switchboard"],
            "custom_fields": [
                {"id": int(name), "value": issue.fields[source]}
                for name, source in self._mapped.fields.items()
            ],
        }
        if issue.email:
            ticket["requester"] = {"name": issue.name or issue.email, "email": issue.email}
        if group := self._mapped.project.get("group_id"):
            ticket["group_id"] = int(group)
        made = await self._caller.write(
            self._server,
            "POST",
            "/api/v2/tickets.json",
            {"ticket": ticket},
            {"Idempotency-Key": issue.marker},
        )
        return self._remote(made["ticket"])

    async def said(self, remote: str, note: Note) -> bool:
        return any(note.marker in one["body"] for one in await self._comments(remote))

    async def comment(self, remote: str, note: Note) -> None:
        await self._put(remote, {"comment": {"body": marked(note), "public": note.public}})

    async def close(self, remote: str) -> None:
        if await self._status(remote) not in {"solved", "closed"}:
            await self._put(remote, {"status": "solved"})

    async def reopen(self, remote: str) -> None:
        if await self._status(remote) in {"solved", "closed"}:
            await self._put(remote, {"status": "open"})

    async def look(self, remote: str) -> Status | None:
        status = await self._status(remote)
        return Status(
            state=self._mapped.state(status, _STATES.get(status, State.OPEN)),
            answers=await self._answers(remote) if self._mapped.answers else (),
        )

    def hear(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Heard:
        # https://developer.zendesk.com/documentation/webhooks/verifying/
        at, secret = headers.get("X-Zendesk-Webhook-Signature-Timestamp", ""), self._secrets.hook
        mac = hmac.digest(secret.encode(), at.encode() + body, hashlib.sha256)
        given = headers.get("X-Zendesk-Webhook-Signature", "")
        check_same(secret, base64.b64encode(mac).decode(), given)
        said = body_of(body)
        return Heard(remote=inner(said, "detail", "id") or inner(said, "ticket", "id"))

    async def check(self) -> Sequence[Finding]:
        me = (await self._caller.read(self._server, "/api/v2/users/me.json") or {})["user"]
        # for a wrong token it answers as if for somebody who is not signed in
        good = me.get("id") is not None
        says = f"{me.get('name')}, {me.get('role')}" if good else "the token is not known"
        found = [Finding(what="account", good=good, says=says)]
        for name in self._mapped.fields:
            there = await self._caller.read(self._server, f"/api/v2/ticket_fields/{name}.json")
            known = str(there["ticket_field"]["title"]) if there else "there is no such field"
            found.append(Finding(what=f"field {name}", good=bool(there), says=known))
        if group := self._mapped.project.get("group_id"):
            there = await self._caller.read(self._server, f"/api/v2/groups/{group}.json")
            known = str(there["group"]["name"]) if there else "there is no such group"
            found.append(Finding(what=f"group {group}", good=bool(there), says=known))
        return found

    async def _status(self, remote: str) -> str:
        found = await self._caller.read(self._server, f"/api/v2/tickets/{remote}.json")
        return str(found["ticket"]["status"]) if found else "closed"

    async def _put(self, remote: str, changes: Mapping[str, Any]) -> None:
        path = f"/api/v2/tickets/{remote}.json"
        await self._caller.write(self._server, "PUT", path, {"ticket": changes})

    async def _comments(self, remote: str) -> Sequence[Mapping[str, Any]]:
        path, query = f"/api/v2/tickets/{remote}/comments.json", {"sort_order": "desc"}
        found = await self._caller.read(self._server, path, query) or {}
        listed: Sequence[Mapping[str, Any]] = found.get("comments", [])
        return listed

    async def _answers(self, remote: str) -> tuple[Answer, ...]:
        return unmarked(
            Answer(
                id=str(one["id"]),
                text=str(one["body"]),
                at=datetime.fromisoformat(one["created_at"]),
            )
            for one in await self._comments(remote)
            if one["public"]
        )

    def _remote(self, found: Mapping[str, Any]) -> Remote:
        own = str(found["id"])
        return Remote(id=own, label=f"#{own}", url=f"{self._mapped.url}/agent/tickets/{own}")
