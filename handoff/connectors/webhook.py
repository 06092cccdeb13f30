"""Any program that takes signed requests, and sends states back by such ones.

`Switchboard-Signature: v1=HMAC-SHA256(secret, timestamp.body)` in hexadecimal, with the seconds of
`Switchboard-Timestamp`. What is created twice has the same `Idempotency-Key`.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from urllib.parse import quote

from handoff.connectors.calling import Caller, Server
from handoff.connectors.contract import (
    Connector,
    Finding,
    Heard,
    HookRefused,
    Issue,
    Note,
    Remote,
    Status,
)
from handoff.connectors.mapping import Mapped
from handoff.connectors.parts import Secrets
from handoff.connectors.signed import body_of, check_digest, inner
from handoff.tickets.ticket import State

_OLDEST_S = 300


class Webhook(Connector):
    """One address; what it answers may name the issue: `{"id", "label", "url"}`."""

    def __init__(
        self,
        caller: Caller,
        mapped: Mapped,
        secrets: Secrets,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._caller = caller
        self._mapped = mapped
        self._secrets = secrets
        self._now = now
        self._server = Server(url=mapped.url, private=mapped.private, timeout_s=mapped.timeout_s)

    async def find(self, marker: str) -> Remote | None:
        return None  # sent again under the same key it is not made again

    async def create(self, issue: Issue) -> Remote:
        made = await self._send("ticket.created", issue.marker, {"ticket": asdict(issue)})
        own = inner(made, "id") or issue.marker
        return Remote(id=own, label=inner(made, "label") or own, url=inner(made, "url"))

    async def said(self, remote: str, note: Note) -> bool:
        return False  # as with `find`

    async def comment(self, remote: str, note: Note) -> None:
        said = {"text": note.text, "public": note.public}
        await self._send("ticket.commented", note.marker, {"id": remote, "comment": said})

    async def close(self, remote: str) -> None:
        await self._send("ticket.closed", self._key(remote, "closed"), {"id": remote})

    async def reopen(self, remote: str) -> None:
        await self._send("ticket.reopened", self._key(remote, "reopened"), {"id": remote})

    async def look(self, remote: str) -> Status | None:
        if "status" not in self._mapped.project:
            return None
        signed = Server(
            url=self._mapped.url,
            headers=signatures(self._secrets.token, int(self._now()), b""),
            private=self._mapped.private,
            timeout_s=self._mapped.timeout_s,
        )
        found = await self._caller.read(signed, f"/{quote(remote, safe='')}")
        return _status(found) if isinstance(found, dict) else None

    def hear(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Heard:
        at = headers.get("Switchboard-Timestamp", "")
        given = headers.get("Switchboard-Signature", "")
        check_digest(self._secrets.hook, at.encode() + b"." + body, given, "v1=")
        if not at.isdigit() or abs(now.timestamp() - int(at)) > _OLDEST_S:
            raise HookRefused("the call is too old")
        said = body_of(body)
        return Heard(remote=inner(said, "id"), status=_status(said))

    async def check(self) -> Sequence[Finding]:
        await self._send("ping", f"ping-{int(self._now())}", {})
        return [Finding(what="address", good=True, says="it takes signed requests")]

    def _key(self, remote: str, did: str) -> str:
        return f"{remote}-{did}-{int(self._now())}"

    async def _send(self, kind: str, key: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
        body = json.dumps({"type": kind, **data}, ensure_ascii=False).encode()
        headers = {
            "Idempotency-Key": key,
            **signatures(self._secrets.token, int(self._now()), body),
        }
        made = await self._caller.write(self._server, "POST", "", body, headers)
        return made if isinstance(made, dict) else {}


def signatures(secret: str, at: int, body: bytes) -> Mapping[str, str]:
    """The headers that a request is signed with; `at` in seconds since 1970."""
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Switchboard-Timestamp": str(at), "Switchboard-Signature": f"v1={mac}"}


def _status(said: Mapping[str, Any]) -> Status:
    """The state and its moment.

    Raises:
        HookRefused: one of them cannot be read.
    """
    try:
        at = datetime.fromisoformat(inner(said, "at"))
        return Status(state=State(inner(said, "state")), at=at.astimezone())
    except ValueError as wrong:
        raise HookRefused("the call names no state and moment that can be read") from wrong
