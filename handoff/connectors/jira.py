"""Jira Cloud (REST 3, documents) and Jira Server or Data Center (REST 2, text).

https://developer.atlassian.com/cloud/jira/platform/rest/v3/intro/
"""

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from handoff.connectors.adf import document, plain
from handoff.connectors.calling import Caller, Server
from handoff.connectors.contract import (
    Answer,
    Connector,
    Finding,
    Heard,
    Issue,
    Note,
    Remote,
    RemoteRefused,
    Status,
)
from handoff.connectors.mapping import Mapped
from handoff.connectors.parts import Secrets, marked, unmarked
from handoff.connectors.signed import body_of, check_digest, inner
from handoff.tickets.ticket import State

_CATEGORIES = {"new": State.NEW, "indeterminate": State.OPEN, "done": State.SOLVED}


class Jira(Connector):
    """A project; issues bear their marker as a label, which JQL finds."""

    def __init__(self, caller: Caller, mapped: Mapped, secrets: Secrets) -> None:
        self._caller = caller
        self._mapped = mapped
        self._secrets = secrets
        self._cloud = mapped.project.get("api", "cloud") == "cloud"
        self._api = "/rest/api/3" if self._cloud else "/rest/api/2"
        user, bearer = mapped.project.get("user", ""), f"Bearer {secrets.token}"
        basic = "Basic " + base64.b64encode(f"{user}:{secrets.token}".encode()).decode()
        self._server = Server(
            url=mapped.url,
            headers={"Authorization": basic if user else bearer, "Accept": "application/json"},
            private=mapped.private,
            timeout_s=mapped.timeout_s,
        )

    async def find(self, marker: str) -> Remote | None:
        path = f"{self._api}/search/jql" if self._cloud else f"{self._api}/search"
        jql = f'project = "{self._mapped.project["key"]}" AND labels = "{marker}" ORDER BY created'
        asked = {"jql": jql, "fields": ["summary"], "maxResults": 1}
        found = (await self._caller.ask(self._server, path, asked))["issues"]
        return self._remote(found[0]) if found else None

    async def create(self, issue: Issue) -> Remote:
        project, priority = self._mapped.project, self._mapped.priorities.get(issue.priority)
        fields: dict[str, Any] = {
            "project": {"key": project["key"]},
            "issuetype": {"name": project["type"]},
            "summary": issue.title,
            "description": self._text(issue.text),
            "labels": ["switchboard", issue.marker],
        }
        if priority:
            fields["priority"] = {"name": priority}
        fields |= {name: issue.fields[source] for name, source in self._mapped.fields.items()}
        body = {"fields": fields}
        return self._remote(
            await self._caller.write(self._server, "POST", f"{self._api}/issue", body)
        )

    async def said(self, remote: str, note: Note) -> bool:
        return any(note.marker in plain(one.get("body")) for one in await self._comments(remote))

    async def comment(self, remote: str, note: Note) -> None:
        # where the project is one of a service desk, its customers see public comments only
        internal = {"key": "sd.public.comment", "value": {"internal": not note.public}}
        body = {"body": self._text(marked(note)), "properties": [internal]}
        await self._caller.write(self._server, "POST", f"{self._at(remote)}/comment", body)

    async def close(self, remote: str) -> None:
        await self._go(remote, frozenset({"done"}))

    async def reopen(self, remote: str) -> None:
        await self._go(remote, frozenset({"indeterminate", "new"}))

    async def look(self, remote: str) -> Status | None:
        found = await self._caller.read(self._server, self._at(remote), {"fields": "status"})
        if found is None:
            return Status(state=State.CLOSED)
        status = found["fields"]["status"]
        usual = _CATEGORIES.get(status["statusCategory"]["key"], State.OPEN)
        return Status(
            state=self._mapped.state(status["name"], usual),
            answers=await self._answers(remote) if self._mapped.answers else (),
        )

    def hear(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Heard:
        # https://developer.atlassian.com/cloud/jira/platform/webhooks/#secure-admin-webhooks
        given = headers.get("X-Hub-Signature", "")
        check_digest(self._secrets.hook, body, given, "sha256=")
        return Heard(remote=inner(body_of(body), "issue", "id"))

    async def check(self) -> Sequence[Finding]:
        read, project = self._caller.read, self._mapped.project
        me = await read(self._server, f"{self._api}/myself") or {}
        found = [Finding(what="account", good=True, says=str(me.get("displayName", "")))]
        key = quote(project["key"], safe="")
        there = await read(self._server, f"{self._api}/project/{key}")
        known = "found" if there else "there is no such project, or it is not shown to the account"
        found.append(Finding(what=f"project {key}", good=bool(there), says=known))
        if there:
            names = [str(one.get("name")) for one in there.get("issueTypes", [])]
            good, says = project["type"] in names, f"there are {', '.join(names)}"
            found.append(Finding(what=f"type {project['type']}", good=good, says=says))
        fields = {one["id"] for one in await read(self._server, f"{self._api}/field") or []}
        for name in self._mapped.fields:
            says = "found" if name in fields else "there is no such field"
            found.append(Finding(what=f"field {name}", good=name in fields, says=says))
        return found

    async def _go(self, remote: str, categories: frozenset[str]) -> None:
        found = await self._caller.read(self._server, self._at(remote), {"fields": "status"})
        if found is None or found["fields"]["status"]["statusCategory"]["key"] in categories:
            return
        path = f"{self._at(remote)}/transitions"
        listed = (await self._caller.read(self._server, path) or {}).get("transitions", [])
        ways = [one for one in listed if one["to"]["statusCategory"]["key"] in categories]
        if not ways:
            raise RemoteRefused("the issue's workflow has no such transition for this account")
        body = {"transition": {"id": ways[0]["id"]}}
        await self._caller.write(self._server, "POST", path, body)

    async def _comments(self, remote: str) -> Sequence[Mapping[str, Any]]:
        query = {"orderBy": "-created", "maxResults": "100"}
        path = f"{self._at(remote)}/comment"
        found = await self._caller.read(self._server, path, query) or {}
        listed: Sequence[Mapping[str, Any]] = found.get("comments", [])
        return listed

    async def _answers(self, remote: str) -> tuple[Answer, ...]:
        every = [
            Answer(
                id=str(one["id"]),
                text=plain(one["body"]),
                at=datetime.fromisoformat(one["created"]),
            )
            for one in await self._comments(remote)
            if one.get("jsdPublic", True)
        ]
        return unmarked(every)

    def _text(self, text: str) -> object:
        return document(text) if self._cloud else text

    def _at(self, remote: str) -> str:
        return f"{self._api}/issue/{quote(remote, safe='')}"

    def _remote(self, found: Mapping[str, Any]) -> Remote:
        key = str(found["key"])
        return Remote(id=str(found["id"]), label=key, url=f"{self._mapped.url}/browse/{key}")
