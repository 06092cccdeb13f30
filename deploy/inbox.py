"""Builds what agents work with: the list, the acts, the live socket, and the pages."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version

from aiohttp import web

from channels.parts import Routes
from deploy import tickets
from deploy.base import Base
from deploy.console import guard_of, notary_of
from deploy.console import routes as people_routes
from handoff.console.acting import ActRoutes
from handoff.console.again import AgainRoutes
from handoff.console.files import FileRoutes
from handoff.console.guard import Guard
from handoff.console.hub import Hub, HubParts
from handoff.console.inbox import InboxRoutes
from handoff.console.lead import LeadRoutes
from handoff.console.ready import ReadyRoutes
from handoff.console.snoozing import SnoozeRoutes
from handoff.console.socket import LiveRoutes
from handoff.console.watching import WatchParts
from handoff.postgres.acts import Parts, PostgresActs
from handoff.postgres.attendance import PostgresAttendance
from handoff.postgres.audit import Notary
from handoff.postgres.briefs import PostgresBriefs
from handoff.postgres.canned import PostgresCanned
from handoff.postgres.files import PostgresTalkFiles
from handoff.postgres.inbox import PostgresInbox
from handoff.postgres.leading import PostgresLeading
from handoff.postgres.marks import PostgresMarks, PostgresResending
from handoff.postgres.overview import PostgresOverview
from handoff.postgres.practices import PostgresPractices
from handoff.postgres.snoozes import PostgresSnoozes
from handoff.postgres.talks import PostgresTalks
from handoff.tickets.routes import TicketRoutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """Its addresses, and what runs behind them."""

    routes: Sequence[Routes]
    hub: Hub
    live: LiveRoutes

    def live_with(self, app: web.Application) -> None:
        """Run as long as the application does, and send the pages away when it ends."""
        app.cleanup_ctx.append(self._running)
        app.on_shutdown.append(self._close)

    async def _running(self, app: web.Application) -> AsyncIterator[None]:
        running = asyncio.create_task(self.hub.run())
        yield
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running

    async def _close(self, app: web.Application) -> None:
        await self.live.close_all()


def inbox(base: Base) -> Inbox:
    """All of it.

    Raises:
        SetupError: there is no key to seal the log of acts with.
    """
    settings, database, clock = base.settings, base.database, base.clock
    guard, notary = guard_of(settings, database), notary_of(settings)
    rows, talks = PostgresInbox(database), PostgresTalks(database)
    attendance = _attendance(base, notary)
    hub, acts = _hub(base, rows, attendance), PostgresActs(_acting(base, notary))
    watching = WatchParts(
        live=base.live, clock=clock, talks=talks, inbox=rows, marks=PostgresMarks(database)
    )
    live = LiveRoutes(guard=guard, hub=hub, attendance=attendance, watching=watching)
    canned = PostgresCanned(database, clock, notary)
    routes: list[Routes] = [
        *people_routes(settings, database),
        InboxRoutes(
            guard=guard,
            clock=clock,
            inbox=rows,
            talks=talks,
            briefs=PostgresBriefs(database, settings.core.decline_below),
            attendance=attendance,
        ),
        ActRoutes(guard=guard, clock=clock, acts=acts, inbox=rows, talks=talks),
        _snoozing(base, guard, acts, rows),
        FileRoutes(guard=guard, files=PostgresTalkFiles(database, clock), inbox=rows),
        AgainRoutes(guard=guard, inbox=rows, resending=_resending(base, notary)),
        ReadyRoutes(guard=guard, canned=canned, inbox=rows, attendance=attendance),
        _leading(base, guard, acts, rows, attendance),
        *_tickets(base, guard),
        live,
    ]
    return Inbox(routes=routes, hub=hub, live=live)


def _snoozing(base: Base, guard: Guard, acts: PostgresActs, rows: PostgresInbox) -> SnoozeRoutes:
    return SnoozeRoutes(
        guard=guard,
        clock=base.clock,
        snoozes=PostgresSnoozes(acts, base.clock),
        practices=PostgresPractices(base.database, base.clock),
        inbox=rows,
    )


def _tickets(base: Base, guard: Guard) -> Sequence[Routes]:
    made = tickets.desk(base)
    return (
        TicketRoutes(
            guard=guard,
            tickets=made.tickets,
            links=made.links,
            opening=tickets.opening(base, made.tickets),
            clock=base.clock,
        ),
        made.routes,
    )


def _leading(
    base: Base,
    guard: Guard,
    acts: PostgresActs,
    rows: PostgresInbox,
    attendance: PostgresAttendance,
) -> LeadRoutes:
    practices = PostgresPractices(base.database, base.clock)
    return LeadRoutes(
        guard=guard,
        overview=PostgresOverview(
            base.database, base.clock, practices=practices, attendance=attendance
        ),
        leading=PostgresLeading(acts, base.clock, practices=practices),
        attendance=attendance,
        inbox=rows,
    )


def _attendance(base: Base, notary: Notary) -> PostgresAttendance:
    practices = PostgresPractices(base.database, base.clock)
    return PostgresAttendance(
        base.database, base.clock, notary, base.bell.ring, practices=practices
    )


def _resending(base: Base, notary: Notary) -> PostgresResending:
    return PostgresResending(
        database=base.database,
        letters=base.dead_letters,
        notary=notary,
        live=base.live,
        ring=base.bell.ring,
    )


def _acting(base: Base, notary: Notary) -> Parts:
    return Parts(
        database=base.database,
        clock=base.clock,
        notary=notary,
        live=base.live,
        ring=base.bell.ring,
        partitions=base.settings.core.partitions,
    )


def _hub(base: Base, rows: PostgresInbox, attendance: PostgresAttendance) -> Hub:
    return Hub(
        HubParts(
            live=base.live,
            bell=base.bell,
            clock=base.clock,
            inbox=rows,
            attendance=attendance,
            version=version("switchboard"),
        )
    )
