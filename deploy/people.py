"""Accounts from the command line, and the first one of a new service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from core.clock import SystemClock, new_secret
from core.domain.errors import SetupError
from core.domain.ids import TenantId
from core.postgres.database import Database
from deploy.console import people_of, tokens_of
from deploy.session import database, server
from deploy.settings import Settings
from handoff.console.guard import sealed
from handoff.console.team import link_path
from handoff.people.account import Account, Actor, Link, NewAccount, NewToken
from handoff.people.errors import AccountNotFound
from handoff.people.roles import Permission, Role
from handoff.postgres.people import PostgresPeople

_FIRST = "admin@localhost"
_DESK = frozenset({Permission.READ, Permission.ANSWER, Permission.TICKETS})


async def add(settings: Settings, tenant: TenantId, new: NewAccount) -> str:
    """Add an account, and return the path of the link that sets its password."""
    async with _people(settings) as people:
        link = _link(settings)
        return link_path(await people.add(_operator(tenant), new, link), link)


async def invite(settings: Settings, tenant: TenantId, email: str) -> str:
    """A new link for an account; earlier ones end.

    Raises:
        AccountNotFound: nobody has this e-mail address.
    """
    async with _people(settings) as people:
        account, link = await _named(people, tenant, email), _link(settings)
        return link_path(await people.invite(_operator(tenant), account.id, link), link)


async def change(
    settings: Settings, tenant: TenantId, email: str, *, role: Role | None, disabled: bool | None
) -> None:
    """Another role, or whether somebody may sign in; raises what `invite` does."""
    async with _people(settings) as people:
        account = await _named(people, tenant, email)
        await people.change(_operator(tenant), account.id, role=role, disabled=disabled)


async def token(settings: Settings, tenant: TenantId, email: str, days: int | None) -> str:
    """A token that talks with customers as somebody, for a desk of one's own.

    Raises:
        AccountNotFound: nobody has this e-mail address.
    """
    secret, clock = new_secret(), SystemClock()
    async with server(settings) as dsn, database(settings, dsn) as pools:
        account = await _named(people_of(settings, pools), tenant, email)
        new = NewToken(
            name=f"desk of {account.name}",
            scopes=_DESK,
            expires_at=clock.now() + timedelta(days=days) if days else None,
            agent=account.id,
        )
        await tokens_of(settings, pools).make(_operator(tenant), new, secret)
    return sealed(tenant, secret)


async def everyone(settings: Settings, tenant: TenantId) -> list[dict[str, object]]:
    """A row per account: `email`, `name`, `role`, `state`."""
    async with _people(settings) as people:
        return [
            {"email": one.email, "name": one.name, "role": one.role.value, "state": _state(one)}
            for one in await people.everyone(tenant)
        ]


async def first_link(settings: Settings, pools: Database) -> str | None:
    """The path of a link for the first admin; None once anybody has a password.

    A service that is started again before it was used gives another link, and the one before ends.
    One without a key to seal the log of what people do serves no console, so there is no link.
    """
    tenant = TenantId(settings.channels.default_tenant)
    try:
        people, link = people_of(settings, pools), _link(settings)
    except SetupError:
        return None
    known = await people.everyone(tenant)
    if any(one.has_password for one in known):
        return None
    actor = Actor(tenant=tenant, name="setup", may=frozenset(Permission))
    waiting = [one for one in known if one.role is Role.ADMIN]
    if waiting:
        return link_path(await people.invite(actor, waiting[0].id, link), link)
    new = NewAccount(email=_FIRST, name="Admin", role=Role.ADMIN)
    return link_path(await people.add(actor, new, link), link)


@asynccontextmanager
async def _people(settings: Settings) -> AsyncIterator[PostgresPeople]:
    async with server(settings) as dsn, database(settings, dsn) as pools:
        yield people_of(settings, pools)


async def _named(people: PostgresPeople, tenant: TenantId, email: str) -> Account:
    wanted = email.strip().lower()
    for account in await people.everyone(tenant):
        if account.email == wanted:
            return account
    raise AccountNotFound("nobody has this e-mail address")


def _link(settings: Settings) -> Link:
    return Link(new_secret(), timedelta(hours=settings.handoff.link_hours))


def _operator(tenant: TenantId) -> Actor:
    return Actor(tenant=tenant, name="operator", may=frozenset(Permission))


def _state(account: Account) -> str:
    if account.disabled:
        return "disabled"
    return "active" if account.has_password or account.issuer else "invited"
