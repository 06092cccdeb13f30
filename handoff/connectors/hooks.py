"""Where trackers call: what they say is a reason to ask them, and rarely more."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import msgspec
from aiohttp import web

from core.http.json import Refused, parameters_of
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

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Give the route its address."""
        router.add_post("/connectors/{id}/hook", self.hear)

    @describes(
        Operation(
            summary="Hear from a tracker that something happened to a ticket.",
            tag="connectors",
            path=_Id,
            answers={204: Answer(says="Heard, or about nothing of ours.")},
            fails=(401, 404, 422),
        )
    )
    async def hear(self, request: web.Request) -> web.Response:
        """Check the signature, and have the tracker asked."""
        configured = await self.connectors.one(parameters_of(request.match_info, _Id).id)
        if configured is None:
            raise Refused(404, "not_found", "There is no such connector.")
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
