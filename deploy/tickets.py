"""Builds tickets and connectors; and what their commands do."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from channels.limits import Buckets, Rate
from core.clock import SystemClock
from core.domain.errors import SetupError
from core.domain.ids import TenantId
from core.models.ports import LanguageModel
from core.models.prompt import Prompt
from core.postgres.database import Database
from core.tickets.draft import PROMPTS
from deploy.base import Base
from deploy.console import notary_of
from deploy.keys import seal_of
from deploy.processes import Part
from deploy.session import database, server
from deploy.settings import Settings
from handoff.connectors.calling import Caller
from handoff.connectors.contract import Finding, RemoteError
from handoff.connectors.hooks import Allowance, HookRoutes
from handoff.connectors.kinds import Configured, connector
from handoff.connectors.metrics import TrackerMetrics
from handoff.connectors.parts import Secrets
from handoff.connectors.work import Work
from handoff.people.account import Actor
from handoff.postgres.connectors import PostgresConnectors
from handoff.postgres.links import PostgresLinks
from handoff.postgres.practices import PostgresPractices
from handoff.postgres.telling import LINKS, Telling
from handoff.postgres.ticket_list import TicketList, Wanted
from handoff.postgres.tickets import PostgresTickets
from handoff.tickets.opening import Opening
from handoff.tickets.ticket import DONE, State, Ticket

_EVERY_S = 60.0
_ADDRESSES = 4
"""From which a tracker calls; so no single stranger uses up a connector's allowance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """All that has to do with tickets."""

    tickets: PostgresTickets
    links: PostgresLinks
    connectors: PostgresConnectors
    routes: HookRoutes


def desk(base: Base) -> Desk:
    """The tickets of a process.

    Raises:
        SetupError: there is no key to seal secrets and the audit log with.
    """
    pools, ring, clock = base.database, base.bell.ring, base.clock
    telling = Telling(
        clock,
        ring,
        live=base.live,
        practices=PostgresPractices(pools, clock),
        notary=notary_of(base.settings),
        partitions=base.settings.core.partitions,
    )
    tickets, links = PostgresTickets(pools, clock, telling=telling), PostgresLinks(pools, clock)
    connectors = _connectors(base.settings, pools)
    routes = HookRoutes(
        connectors=connectors,
        links=links,
        tickets=tickets,
        clock=clock,
        ring=ring,
        from_address=_allowance(base, 1),
        for_connector=_allowance(base, _ADDRESSES),
    )
    return Desk(tickets=tickets, links=links, connectors=connectors, routes=routes)


def opening(base: Base, tickets: PostgresTickets, model: LanguageModel | None = None) -> Opening:
    """Who drafts and opens tickets; with a model, in its words."""
    return Opening(
        tickets=tickets,
        transcript=base.conversations,
        model=model,
        prompt=Prompt.load("ticket", PROMPTS),
    )


class Trackers(Part):
    """Tells trackers what is due, in the role desk."""

    def __init__(self, made: Desk, base: Base) -> None:
        self._caller = Caller()
        self._ear = base.bell.ear(LINKS)
        self._work = Work(
            tickets=made.tickets,
            links=made.links,
            connectors=made.connectors,
            caller=self._caller,
            clock=base.clock,
            metrics=TrackerMetrics(base.metrics.registry),
        )

    async def run(self) -> None:
        async with self._caller, asyncio.TaskGroup() as group:
            hearing = group.create_task(self._hear())
            await self._work.run()
            hearing.cancel()

    def stop(self) -> None:
        self._work.stop()
        self._ear.close()

    async def _hear(self) -> None:
        while True:
            self._ear.clear()
            await self._ear.wait(_EVERY_S)
            self._work.wake()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A connector that an operator wants."""

    name: str
    tenant: TenantId
    file: Path
    secrets: Secrets


async def add(settings: Settings, wish: Wish) -> Configured:
    """Keep a connector; raises what `PostgresConnectors.keep` does, and for an unreadable file."""
    try:
        source = await asyncio.to_thread(wish.file.read_text, "utf-8")
    except (OSError, UnicodeDecodeError) as broken:
        raise SetupError(f"{wish.file.name} cannot be read as text") from broken
    async with _opened(settings) as made:
        return await made.connectors.keep(_operator(wish.tenant), wish.name, source, wish.secrets)


async def everyone(settings: Settings, tenant: TenantId) -> list[dict[str, object]]:
    """A row per connector: `name`, `kind`, `url`, `tickets`, `waiting`, `trouble`, `hook`."""
    async with _opened(settings) as made:
        return [
            {
                "name": one.name,
                "kind": one.mapped.kind,
                "url": one.mapped.url,
                "tickets": (found := await made.connectors.progress(one)).tickets,
                "waiting": found.waiting,
                "trouble": found.trouble,
                "hook": one.hook_path,
            }
            for one in await made.connectors.everyone(tenant)
        ]


async def check(
    settings: Settings, tenant: TenantId, name: str | None
) -> Mapping[str, Sequence[Finding]]:
    """What there is to say about each connector, or about the one of this name.

    Raises:
        SetupError: there is none.
    """
    async with _opened(settings) as made, Caller() as caller:
        wanted = [
            one for one in await made.connectors.everyone(tenant) if name in {None, one.name}
        ]
        if not wanted:
            raise SetupError(
                f"there is no connector {name}" if name else "there are no connectors"
            )
        return {one.name: await _checked(one, caller) for one in wanted}


async def remove(settings: Settings, tenant: TenantId, name: str) -> None:
    """Forget a connector and its secrets; raises what `PostgresConnectors.remove` does."""
    async with _opened(settings) as made:
        await made.connectors.remove(_operator(tenant), name)


async def page(
    settings: Settings, tenant: TenantId, *, done: bool, limit: int
) -> list[dict[str, object]]:
    """A row per ticket, newest first: `number`, `state`, `priority`, `category`, `title`."""
    states = frozenset(State) if done else frozenset(State) - DONE
    async with _opened(settings) as made:
        found = await made.tickets.page(tenant, Wanted(states=states, limit=limit))
    return [_row(one) for one in found]


async def show(settings: Settings, tenant: TenantId, number: int) -> dict[str, object]:
    """All of a ticket, with where it is and what was said about it.

    Raises:
        TicketNotFound: there is none of this number.
    """
    async with _opened(settings) as made:
        ticket = await made.tickets.numbered(tenant, number)
        places = await made.links.places(tenant, ticket.id)
        comments = await made.tickets.comments(tenant, ticket.id)
    return {
        **_row(ticket),
        "summary": ticket.says.summary,
        "orders": ", ".join(ticket.says.order_numbers),
        "conversation": ticket.conversation and str(ticket.conversation),
        "opened_by": ticket.opened_by,
        "opened_at": ticket.opened_at.isoformat(),
        "changed_at": ticket.changed_at.isoformat(),
        "trackers": [f"{one.connector} {one.label} {one.url} {one.trouble}" for one in places],
        "comments": [f"{one.author}: {one.text}" for one in comments],
    }


def _row(ticket: Ticket) -> dict[str, object]:
    return {
        "number": ticket.number,
        "state": ticket.state.value,
        "priority": ticket.says.priority.value,
        "category": ticket.says.category,
        "title": ticket.says.title,
        "team": ticket.team,
    }


async def _checked(configured: Configured, caller: Caller) -> Sequence[Finding]:
    try:
        return await connector(configured, caller).check()
    except RemoteError as failed:
        return [Finding(what="tracker", good=False, says=str(failed))]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Books:
    """What commands look at."""

    tickets: TicketList
    links: PostgresLinks
    connectors: PostgresConnectors


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[_Books]:
    async with server(settings) as dsn, database(settings, dsn) as pools:
        yield _Books(
            tickets=TicketList(pools),
            links=PostgresLinks(pools, SystemClock()),
            connectors=_connectors(settings, pools),
        )


def _allowance(base: Base, share: int) -> Allowance:
    settings = base.settings.handoff
    rate = Rate(per_second=share * settings.hooks_per_second, burst=share * settings.hooks_burst)
    buckets = Buckets(rate)
    return lambda who: buckets.take(who, base.clock.monotonic())


def _connectors(settings: Settings, pools: Database) -> PostgresConnectors:
    seal, notary = seal_of(settings), notary_of(settings)
    return PostgresConnectors(pools, SystemClock(), seal=seal, notary=notary)


def _operator(tenant: TenantId) -> Actor:
    return Actor(tenant=tenant, name="operator", may=frozenset())
