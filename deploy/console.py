"""Builds who comes in: accounts, the audit log, and their routes."""

from collections.abc import Sequence

from channels.parts import Routes, Vouches, trusts_nobody
from core.clock import SystemClock, new_secret
from core.domain.errors import SetupError
from core.domain.ids import TenantId
from core.ports import Clock
from core.postgres.database import Database
from deploy.keys import keys_of, seal_of
from deploy.settings import Settings
from handoff.console.guard import Guard
from handoff.console.oidc import OidcRoutes
from handoff.console.pages import PageRoutes
from handoff.console.signing import SigningRoutes
from handoff.console.team import TeamRoutes
from handoff.people.audit import Sealing
from handoff.people.doors import Doors
from handoff.people.oidc.calls import Calls
from handoff.people.oidc.entry import Entry
from handoff.people.oidc.provider import Provider
from handoff.people.roles import Permission
from handoff.postgres.audit import Notary, PostgresAuditLog
from handoff.postgres.failures import PostgresFailures
from handoff.postgres.flows import PostgresFlows
from handoff.postgres.people import PostgresPeople
from handoff.postgres.tokens import PostgresTokens


def sealing_of(settings: Settings) -> Sealing:
    """What entries of the audit log are sealed with.

    Raises:
        SetupError: there is no key.
    """
    return Sealing([key.encode() for key in keys_of(settings)])


def notary_of(settings: Settings) -> Notary:
    """Who writes to the audit log; raises what `sealing_of` does."""
    return Notary(sealing_of(settings), SystemClock())


def people_of(settings: Settings, database: Database) -> PostgresPeople:
    """The accounts; raises what `sealing_of` does."""
    return PostgresPeople(database, SystemClock(), notary_of(settings))


def tokens_of(settings: Settings, database: Database) -> PostgresTokens:
    """The tokens; raises what `sealing_of` does."""
    present_s = settings.handoff.desk_present_minutes * 60
    return PostgresTokens(database, SystemClock(), notary_of(settings), present_s)


def vouching(settings: Settings, database: Database) -> Vouches:
    """Whom the chat's API believes about customers; nobody where there is no key for tokens."""
    try:
        tokens = tokens_of(settings, database)
    except SetupError:
        return trusts_nobody

    async def vouches(tenant: TenantId, sealed: str) -> bool:
        named, _, secret = sealed.partition(".")
        token = await tokens.token(tenant, secret) if named == tenant else None
        return token is not None and Permission.VOUCH in token.scopes

    return vouches


def providers_of(settings: Settings, clock: Clock) -> Sequence[Provider]:
    """The companies' sign-ins; nothing is asked of them yet."""
    return [Provider(issuer, clock, Calls()) for issuer in settings.handoff.oidc]


def guard_of(settings: Settings, database: Database) -> Guard:
    """What stands before the routes; raises what `sealing_of` does."""
    return Guard(
        people=people_of(settings, database),
        tokens=tokens_of(settings, database),
        settings=settings.handoff,
    )


def routes(settings: Settings, database: Database) -> Sequence[Routes]:
    """The addresses around accounts; raises what `sealing_of` does."""
    clock = SystemClock()
    people = people_of(settings, database)
    guard = guard_of(settings, database)
    failures = PostgresFailures(database)
    doors = Doors(people=people, failures=failures, new_secret=new_secret)
    tenant = TenantId(settings.channels.default_tenant)
    audit = PostgresAuditLog(database, sealing_of(settings))
    entry = Entry(
        providers=providers_of(settings, clock),
        people=people,
        flows=PostgresFlows(database),
        seal=seal_of(settings),
        clock=clock,
        new_secret=new_secret,
        default_tenant=tenant,
    )
    return (
        SigningRoutes(guard=guard, doors=doors, tenant=tenant),
        OidcRoutes(
            guard=guard,
            entry=entry,
            failures=failures,
            public_url=settings.channels.public_url,
        ),
        TeamRoutes(guard=guard, audit=audit, clock=clock, new_secret=new_secret),
        PageRoutes(new_secret),
    )
