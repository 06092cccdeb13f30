"""`switchboard tenant`: the brands served by this deployment."""

import asyncio
from pathlib import Path

import click

from deploy.commands import options
from deploy.commands.listing import show


@click.group()
def command() -> None:
    """Add and list tenants: the brands served here."""


@command.command()
@click.argument("tenant")
@click.option("--name", help="What people read.  [default: TENANT]")
@options.place
def add(tenant: str, name: str | None, config: Path | None, data_dir: str | None) -> None:
    """Add TENANT: lower-case letters, digits and hyphens; a second time changes its name."""
    from deploy.settings import load
    from deploy.tenants import put

    asyncio.run(put(load(config, deploy={"data_dir": data_dir}), tenant, name or tenant))
    click.echo(f"tenant {tenant} is there")


@command.command("list")
@options.place
@options.as_json
def list_(config: Path | None, data_dir: str | None, *, as_json: bool) -> None:
    """List all tenants, with how much each has."""
    from deploy.settings import load
    from deploy.tenants import everyone

    rows = asyncio.run(everyone(load(config, deploy={"data_dir": data_dir})))
    show(rows, as_json=as_json, empty="there are no tenants")
