"""Where trackers call: what they say is a reason to ask them, and rarely more."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import msgspec
from aiohttp import web

from core.http.json import Refused, parameters_of, too_many
from core.http.openapi import Answer, Operation, describes
from core.ports import Clock
from handoff.connectors.calling import Caller
from handoff.connectors.contract import Heard, HookRefused
from handoff.connectors.kinds import Configured, connector
from handoff.connectors.work import actor_of, follow
from handoff.postgres.connectors import PostgresConnectors
from handoff.postgres.links import PostgresLinks
from handoff.postgres.telling import LINKS
from handoff.postgres.tickets import PostgresTickets

Allowance = Callable[[str], float]
"""Takes one knock of whoever it names: 0 when it may be, else the seconds until the next one."""


class _Id(msgspec.Struct, frozen=True):
    id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class HookRoutes:
    """The address of every connector."""

    connectors: PostgresConnectors
    links: PostgresLinks
    tickets: PostgresTickets
    clock: Clock
    ring: Callable[[str], None]
    """Wakes who tells trackers, in whatever process."""
    from_address: Allowance
    """Of whoever calls, for nobody knows yet who it is."""
    for_connector: Allowance
    """Of all who call for one connector, before signatures are checked: that is work, too."""

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Give the route its address."""
        router.add_post("/connectors/{id}/hook", self.hear)

    @describes(
        Operation(
            summary="Hear from a tracker that something happened to a ticket.",
            tag="connectors",
            path=_Id,
            answers={204: Answer(says="Heard, or about nothing of ours.")},
            fails=(401, 404, 422, 429),
        )
    )
    async def hear(self, request: web.Request) -> web.Response:
        """Check the signature, and have the tracker asked."""
        _admit(self.from_address, request.remote or "")
        configured = await self.connectors.one(parameters_of(request.match_info, _Id).id)
        if configured is None:
            raise Refused(404, "not_found", "There is no such connector.")
        _admit(self.for_connector, str(configured.id))
        body, now = await request.read(), self.clock.now()
        try:
            heard = connector(configured, Caller()).hear(request.headers, body, now)
        except HookRefused as refused:
            raise Refused(401, "not_signed", f"{refused}.") from None
        if heard.remote:
            await self._take(configured, heard)
        return web.Response(status=204)

    async def _take(self, configured: Configured, heard: Heard) -> None:
        if heard.status is None:
            if await self.links.wake(configured.id, heard.remote):
                self.ring(LINKS)
            return
        link = await self.links.at(configured.id, heard.remote)
        at = heard.status.at or self.clock.now()
        if link is None or at <= link.heard_at:
            return
        await follow(self.tickets, actor_of(configured), link, heard.status.state)
        await self.links.heard(link.id, heard.status, at)


def _admit(allowance: Allowance, who: str) -> None:
    """Raises Refused when they are over their allowance."""
    wait_s = allowance(who)
    if wait_s > 0:
        raise too_many(wait_s)
