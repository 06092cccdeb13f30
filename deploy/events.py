"""Builds what tells other desks of handoffs; and what its commands do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from core.clock import SystemClock, chance
from core.domain.errors import SetupError
from core.domain.ids import ConversationId, TenantId
from core.postgres.database import Database
from deploy.base import Base
from deploy.console import notary_of
from deploy.keys import seal_of
from deploy.processes import Part
from deploy.session import database, server
from deploy.settings import Settings
from handoff.connectors.calling import Caller
from handoff.connectors.contract import RemoteError
from handoff.events.endpoint import Endpoint
from handoff.events.metrics import EventMetrics
from handoff.events.ping import ping
from handoff.events.telling import Telling, TellingParts
from handoff.people.account import Actor
from handoff.postgres.briefs import Brief, PostgresBriefs
from handoff.postgres.endpoints import PostgresEndpoints
from handoff.postgres.events import PostgresEvents
from handoff.postgres.handoffs import HANDOFFS
from handoff.postgres.inbox import PostgresInbox


class OtherDesks(Part):
    """Tells other desks what happens, in the role desk."""

    def __init__(self, base: Base) -> None:
        """Raises SetupError when there is no key for secrets."""
        self._caller = Caller()
        rows = PostgresInbox(base.database)
        briefs = PostgresBriefs(base.database, base.settings.core.decline_below)

        async def brief(tenant: TenantId, conversation: ConversationId) -> Brief | None:
            found = await rows.rows(tenant, [conversation])
            return await briefs.of(tenant, found[0], base.clock.now()) if found else None

        self._telling = Telling(
            TellingParts(
                events=PostgresEvents(base.database, base.clock),
                endpoints=endpoints_of(base.settings, base.database),
                brief=brief,
                caller=self._caller,
                clock=base.clock,
                chance=chance,
                ear=base.bell.ear(HANDOFFS),
                metrics=EventMetrics(base.metrics.registry),
            )
        )

    async def run(self) -> None:
        async with self._caller:
            await self._telling.run()

    def stop(self) -> None:
        self._telling.stop()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An endpoint that an operator wants."""

    tenant: TenantId
    name: str
    url: str
    secret: str
    private: bool


def endpoints_of(settings: Settings, pools: Database) -> PostgresEndpoints:
    """The endpoints.

    Raises:
        SetupError: there is no key to seal the audit log with.
    """
    seal, notary = seal_of(settings), notary_of(settings)
    return PostgresEndpoints(pools, SystemClock(), seal=seal, notary=notary)


async def add(settings: Settings, wish: Wish) -> None:
    """Keep an endpoint; raises what `PostgresEndpoints.keep` does."""
    async with _opened(settings) as endpoints:
        await endpoints.keep(
            _operator(wish.tenant), wish.name, wish.url, wish.secret, private=wish.private
        )


async def everyone(settings: Settings, tenant: TenantId) -> list[dict[str, object]]:
    """A row per endpoint: `name`, `url`, `waiting`, `parked`, `told_at`, `trouble`."""
    async with _opened(settings) as endpoints:
        return [
            {
                "name": one.endpoint.name,
                "url": one.endpoint.url,
                "waiting": one.waiting,
                "parked": one.parked,
                "told_at": one.told_at and one.told_at.isoformat(),
                "trouble": one.trouble,
            }
            for one in await endpoints.everyone(tenant)
        ]


async def check(settings: Settings, tenant: TenantId, name: str | None) -> dict[str, str]:
    """Call each endpoint, or the one of this name, with a `ping`: what is wrong, by name.

    Raises:
        SetupError: there is none.
    """
    async with _opened(settings) as endpoints, Caller() as caller:
        wanted = [
            one.endpoint
            for one in await endpoints.everyone(tenant)
            if name in {None, one.endpoint.name}
        ]
        if not wanted:
            raise SetupError(f"there is no endpoint {name}" if name else "there are no endpoints")
        return {one.name: await _checked(one, caller) for one in wanted}


async def remove(settings: Settings, tenant: TenantId, name: str) -> None:
    """Forget an endpoint; raises what `PostgresEndpoints.remove` does."""
    async with _opened(settings) as endpoints:
        await endpoints.remove(_operator(tenant), name)


async def replay(settings: Settings, tenant: TenantId, name: str) -> int:
    """How many events are tried again; raises what `PostgresEndpoints.replay` does."""
    async with _opened(settings) as endpoints:
        return await endpoints.replay(_operator(tenant), name)


async def _checked(endpoint: Endpoint, caller: Caller) -> str:
    clock = SystemClock()
    fresh: UUID = clock.new_id()
    try:
        await ping(caller, endpoint, fresh, clock.now())
    except RemoteError as failed:
        return str(failed) or "it does not answer"
    return ""


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[PostgresEndpoints]:
    async with server(settings) as dsn, database(settings, dsn) as pools:
        yield endpoints_of(settings, pools)


def _operator(tenant: TenantId) -> Actor:
    return Actor(tenant=tenant, name="operator", may=frozenset())
