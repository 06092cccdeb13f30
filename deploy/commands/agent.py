"""`switchboard agent`: people who work here."""

import asyncio
from pathlib import Path

import click

from deploy.commands import options
from deploy.commands.listing import show

_ROLES = click.Choice(["agent", "lead", "admin"])


@click.group()
def command() -> None:
    """Add, list and change people: agents, leads, admins."""


@command.command()
@click.argument("email")
@click.option("--name", help="As customers read it.  [default: what stands before the @]")
@click.option("--role", type=_ROLES, default="agent", show_default=True, help="What they may do.")
@options.tenant
@options.place
def add(  # noqa: PLR0913, PLR0917 - one per option
    email: str,
    name: str | None,
    role: str,
    tenant: str,
    config: Path | None,
    data_dir: str | None,
) -> None:
    """Add somebody, and print the link that sets their password, once."""
    from core.domain.ids import TenantId
    from deploy.people import add as added
    from deploy.settings import load
    from handoff.people.account import NewAccount
    from handoff.people.roles import Role

    new = NewAccount(email=email, name=name or email.partition("@")[0], role=Role(role))
    settings = load(config, deploy={"data_dir": data_dir})
    _print_link(asyncio.run(added(settings, TenantId(tenant), new)))


@command.command()
@click.argument("email")
@options.tenant
@options.place
def link(email: str, tenant: str, config: Path | None, data_dir: str | None) -> None:
    """Print a new link that sets a password, once; earlier ones end."""
    from core.domain.ids import TenantId
    from deploy.people import invite
    from deploy.settings import load

    settings = load(config, deploy={"data_dir": data_dir})
    _print_link(asyncio.run(invite(settings, TenantId(tenant), email)))


@command.command()
@click.argument("email")
@click.option("--days", type=click.IntRange(1, 3650), help="Good for so long.  [default: always]")
@options.tenant
@options.place
def token(
    email: str, days: int | None, tenant: str, config: Path | None, data_dir: str | None
) -> None:
    """Print a token with which a desk of your own talks with customers as EMAIL."""
    from core.domain.ids import TenantId
    from deploy.people import token as made
    from deploy.settings import load

    settings = load(config, deploy={"data_dir": data_dir})
    click.echo(asyncio.run(made(settings, TenantId(tenant), email, days)))


@command.command()
@click.argument("email")
@click.option("--role", type=_ROLES, help="Another role.")
@click.option("--disable/--enable", default=None, help="Whether they may sign in.")
@options.tenant
@options.place
def change(  # noqa: PLR0913, PLR0917 - one per option
    email: str,
    role: str | None,
    disable: bool | None,
    tenant: str,
    config: Path | None,
    data_dir: str | None,
) -> None:
    """Give somebody another role, or let them in no more; what is open for them ends at once."""
    from core.domain.ids import TenantId
    from deploy.people import change as changed
    from deploy.settings import load
    from handoff.people.roles import Role

    settings = load(config, deploy={"data_dir": data_dir})
    wanted = Role(role) if role else None
    asyncio.run(changed(settings, TenantId(tenant), email, role=wanted, disabled=disable))
    click.echo(f"{email} is changed")


@command.command("list")
@options.tenant
@options.place
@options.as_json
def list_(tenant: str, config: Path | None, data_dir: str | None, *, as_json: bool) -> None:
    """List everybody who works here."""
    from core.domain.ids import TenantId
    from deploy.people import everyone
    from deploy.settings import load

    rows = asyncio.run(everyone(load(config, deploy={"data_dir": data_dir}), TenantId(tenant)))
    show(rows, as_json=as_json, empty="nobody works here yet")


def _print_link(path: str) -> None:
    click.echo(f"the password is set at (behind this service's address)\n{path}")
