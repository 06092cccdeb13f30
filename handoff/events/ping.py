"""A call that tells nothing, to see whether an endpoint takes signed ones."""

import json
from datetime import datetime
from uuid import UUID

from handoff.connectors.calling import Caller
from handoff.events.endpoint import Endpoint
from handoff.events.telling import headers_of, server_of

_TIMEOUT_S = 10


async def ping(caller: Caller, there: Endpoint, event: UUID, now: datetime) -> None:
    """Make it.

    Raises:
        RemoteError: it was not taken; the sentence says why.
    """
    said = {"id": str(event), "type": "ping", "v": 1, "at": now.isoformat()}
    body = json.dumps({**said, "tenant": there.tenant}).encode()
    headers = headers_of(event, there.secret, int(now.timestamp()), body)
    await caller.tell(server_of(there, _TIMEOUT_S), body, headers)
