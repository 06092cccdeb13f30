"""`switchboard desk place` and `desk link`: teams that work in Slack."""

import asyncio
from pathlib import Path

import click

from deploy.commands import options
from deploy.commands.listing import show

_team = click.option(
    "--team", default="", help="Which people.  [default: all that have no place of their own]"
)


@click.group()
def place() -> None:
    """Say in which Slack channels teams take over from the bot."""


@place.command("add")
@click.argument("account")
@click.argument("channel")
@_team
@options.tenant
@options.place
def add(  # noqa: PLR0913, PLR0917 - one for each option
    account: str,
    channel: str,
    team: str,
    tenant: str,
    config: Path | None,
    data_dir: str | None,
) -> None:
    """Open a thread for each request in CHANNEL (C0123...) of the workspace ACCOUNT."""
    from core.domain.ids import TenantId
    from deploy.places import put
    from deploy.settings import load

    settings = load(config, deploy={"data_dir": data_dir})
    asyncio.run(put(settings, TenantId(tenant), team, account, channel))
    click.echo(f"threads of {team or 'everybody'} are opened in {account}/{channel}")


@place.command("list")
@options.tenant
@options.place
@options.as_json
def places(tenant: str, config: Path | None, data_dir: str | None, *, as_json: bool) -> None:
    """List the channels."""
    from core.domain.ids import TenantId
    from deploy.places import everyone
    from deploy.settings import load

    settings = load(config, deploy={"data_dir": data_dir})
    rows = asyncio.run(everyone(settings, TenantId(tenant)))
    show([dict(row) for row in rows], as_json=as_json, empty="no team works in a channel")


@place.command()
@_team
@options.tenant
@options.place
def remove(team: str, tenant: str, config: Path | None, data_dir: str | None) -> None:
    """Open no more threads; those that are open stay."""
    from core.domain.ids import TenantId
    from deploy.places import remove as forget
    from deploy.settings import load

    settings = load(config, deploy={"data_dir": data_dir})
    asyncio.run(forget(settings, TenantId(tenant), team))
    click.echo(f"no more threads of {team or 'everybody'} are opened")


@click.group()
def link() -> None:
    """Say who somebody on Slack is, where their e-mail address there does not."""


@link.command("add")
@click.argument("user")
@click.argument("email")
@options.tenant
@options.place
def link_add(
    user: str, email: str, tenant: str, config: Path | None, data_dir: str | None
) -> None:
    """USER (T0123...:U0123...) acts with the account of EMAIL."""
    from core.domain.ids import TenantId
    from deploy.places import link as keep
    from deploy.settings import load

    settings = load(config, deploy={"data_dir": data_dir})
    asyncio.run(keep(settings, TenantId(tenant), user, email))
    click.echo(f"{user} is {email}")


@link.command("list")
@options.tenant
@options.place
@options.as_json
def links(tenant: str, config: Path | None, data_dir: str | None, *, as_json: bool) -> None:
    """List who was linked."""
    from core.domain.ids import TenantId
    from deploy.places import links as everyone
    from deploy.settings import load

    settings = load(config, deploy={"data_dir": data_dir})
    rows = asyncio.run(everyone(settings, TenantId(tenant)))
    show([dict(row) for row in rows], as_json=as_json, empty="nobody is linked")


@link.command("remove")
@click.argument("user")
@options.tenant
@options.place
def link_remove(user: str, tenant: str, config: Path | None, data_dir: str | None) -> None:
    """Go by their e-mail address again."""
    from core.domain.ids import TenantId
    from deploy.places import unlink
    from deploy.settings import load

    settings = load(config, deploy={"data_dir": data_dir})
    asyncio.run(unlink(settings, TenantId(tenant), user))
    click.echo(f"{user} is not linked any more")
