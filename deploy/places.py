"""Where teams work in a chat, and who is who there, for the commands."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from channels.postgres.accounts import PostgresAccounts
from core.domain.errors import SetupError
from core.domain.ids import TenantId
from core.domain.messages import Channel
from deploy.console import people_of
from deploy.keys import seal_of
from deploy.session import database, server
from deploy.settings import Settings
from handoff.people.errors import AccountNotFound
from handoff.postgres.people import PostgresPeople
from handoff.postgres.surfaces import PostgresSurfaces

_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,20}")
_NATIVE = re.compile(r"[TE][A-Z0-9]{2,20}:[UW][A-Z0-9]{2,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stores:
    threads: PostgresSurfaces
    accounts: PostgresAccounts
    people: PostgresPeople


async def put(settings: Settings, tenant: TenantId, team: str, account: str, channel: str) -> None:
    """Open a team's threads in a channel of Slack.

    Raises:
        SetupError: it is no channel's id, or the account is another tenant's.
        AccountNotFound: there is no such account on Slack.
    """
    if not _CHANNEL.fullmatch(channel):
        raise SetupError(
            f"{channel} is no channel's id: it stands at the end of the channel's details in"
            " Slack, as C0123ABCD"
        )
    async with _stores(settings) as stores:
        known = await stores.accounts.named(Channel.SLACK, account)
        if known.tenant != tenant:
            raise SetupError(f"slack {account} is not an account of {tenant}")
        await stores.threads.place(tenant, team, f"{account}/{channel}")


async def remove(settings: Settings, tenant: TenantId, team: str) -> None:
    """Open no more of them.

    Raises:
        SetupError: there was no place.
    """
    async with _stores(settings) as stores:
        if not await stores.threads.displace(tenant, team):
            raise SetupError("this team has no channel of its own")


async def everyone(settings: Settings, tenant: TenantId) -> Sequence[dict[str, str]]:
    """A row per place: `team`, `at`."""
    async with _stores(settings) as stores:
        return await stores.threads.places(tenant)


async def link(settings: Settings, tenant: TenantId, native: str, email: str) -> None:
    """Say whose account somebody on Slack has.

    Raises:
        SetupError: it is nobody's id.
        AccountNotFound: nobody has this e-mail address.
    """
    if not _NATIVE.fullmatch(native):
        raise SetupError(f"{native} is nobody's id on Slack: it is as T0123ABCD:U0123ABCD")
    async with _stores(settings) as stores:
        found = await stores.people.by_email(tenant, email.strip().lower())
        if found is None:
            raise AccountNotFound
        await stores.threads.link(tenant, native, found[0].id)


async def unlink(settings: Settings, tenant: TenantId, native: str) -> None:
    """Go by their e-mail address again.

    Raises:
        SetupError: they were not linked.
    """
    async with _stores(settings) as stores:
        if not await stores.threads.unlink(tenant, native):
            raise SetupError(f"{native} is not linked")


async def links(settings: Settings, tenant: TenantId) -> Sequence[dict[str, str]]:
    """A row per person: `native`, `email`, `name`."""
    async with _stores(settings) as stores:
        return await stores.threads.links(tenant)


@asynccontextmanager
async def _stores(settings: Settings) -> AsyncIterator[_Stores]:
    async with server(settings) as dsn, database(settings, dsn) as pools:
        yield _Stores(
            threads=PostgresSurfaces(pools),
            accounts=PostgresAccounts(pools, seal_of(settings)),
            people=people_of(settings, pools),
        )
