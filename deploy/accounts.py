"""Adds, lists, checks and removes the accounts of channels."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import aiohttp

from channels.accounts import Account, Accounts
from channels.checking import Finding
from channels.postgres.accounts import PostgresAccounts
from channels.slack import check as slack
from channels.slack.known import known as known_by_slack
from channels.telegram import check as telegram
from core.clock import SystemClock, new_secret
from core.domain.errors import SetupError
from core.domain.ids import TenantId
from core.domain.messages import Channel
from deploy.doors import slack_app
from deploy.keys import seal_of
from deploy.session import database, server
from deploy.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An account that an operator wants."""

    channel: Channel
    name: str
    tenant: TenantId
    token: str = field(repr=False)
    options: Mapping[str, str]


@asynccontextmanager
async def accounts(settings: Settings) -> AsyncIterator[Accounts]:
    """Those of the service.

    Raises:
        SetupError: there is no key for their secrets.
    """
    seal = seal_of(settings)
    async with server(settings) as dsn, database(settings, dsn) as pools:
        yield PostgresAccounts(pools, seal)


async def add(settings: Settings, wish: Wish) -> Account:
    """Ask the platform whose token it is, keep it, and have updates brought here.

    Done again with the same name it puts the new token in the place of the old one.

    Raises:
        SetupError: the platform does not know the token, or nothing could come here.
        TenantNotFound: no such tenant.
    """
    account = await _introduced(wish, settings)
    async with accounts(settings) as kept:
        await kept.keep(account)
    if account.channel is Channel.TELEGRAM:
        await telegram.connect(account, settings.channels.public_url)
    return account


async def everyone(settings: Settings) -> list[dict[str, object]]:
    """A row per account: `channel`, `name`, `tenant`, `native`, `mode`."""
    async with accounts(settings) as kept:
        return [
            {
                "channel": one.channel.value,
                "name": one.name,
                "tenant": one.tenant,
                "native": one.native,
                "as": one.options.get("username") or one.options.get("bot_user", ""),
                "mode": one.options.get("mode", ""),
            }
            for one in await kept.all()
        ]


async def check(settings: Settings, name: str | None) -> list[tuple[Account, Sequence[Finding]]]:
    """What there is to say about each account, or about those of this name.

    Raises:
        SetupError: there is none.
    """
    async with accounts(settings) as kept:
        wanted = [one for one in await kept.all() if name in (None, one.name)]
    if not wanted:
        raise SetupError(f"there is no account {name}" if name else "there are no accounts")
    app, clock = slack_app(settings.channels), SystemClock()
    found: list[tuple[Account, Sequence[Finding]]] = []
    async with aiohttp.ClientSession() as session:
        for account in wanted:
            if account.channel is Channel.TELEGRAM:
                findings: Sequence[Finding] = await telegram.check(account, clock)
            else:
                findings = await slack.check(account, app, session, clock)
            found.append((account, findings))
    return found


async def remove(settings: Settings, channel: Channel, name: str) -> None:
    """Forget it and its token; what was said stays.

    Raises:
        AccountNotFound: there is none.
    """
    async with accounts(settings) as kept:
        await kept.remove(channel, name)


async def _introduced(wish: Wish, settings: Settings) -> Account:
    if wish.channel is Channel.TELEGRAM:
        secrets = {"token": wish.token, "webhook_secret": new_secret()}
        account = _account(wish, secrets, wish.options)
        if telegram.mode_of(account) == telegram.WEBHOOK:
            telegram.webhook_of(account, settings.channels.public_url)
        said = await telegram.known(account)
        return replace(
            account,
            native=said["native"],
            options={**account.options, "username": said["username"]},
        )
    options = dict(wish.options)
    if settings.channels.slack_api_url:
        options.setdefault("api_url", settings.channels.slack_api_url)
    account = _account(wish, {"bot_token": wish.token}, options)
    async with aiohttp.ClientSession() as session:
        told = dict(await known_by_slack(account, session))
    return replace(account, native=told.pop("native"), options={**options, **told})


def _account(wish: Wish, secrets: Mapping[str, str], options: Mapping[str, str]) -> Account:
    return Account(
        tenant=wish.tenant,
        channel=wish.channel,
        name=wish.name,
        native="",
        secrets=secrets,
        options=options,
    )
