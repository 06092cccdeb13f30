"""`switchboard ticket`: work that outlives the talk."""

import asyncio
import json
from pathlib import Path

import click

from deploy.commands import options
from deploy.commands.listing import show as show_rows


@click.group()
def command() -> None:
    """List and show tickets."""


@command.command("list")
@click.option("--all", "done", is_flag=True, help="Those, too, that are solved or closed.")
@click.option("--limit", default=50, show_default=True, help="How many at most.")
@options.tenant
@options.place
@options.as_json
def list_(  # noqa: PLR0913 - one per option
    limit: int,
    tenant: str,
    config: Path | None,
    data_dir: str | None,
    *,
    done: bool,
    as_json: bool,
) -> None:
    """List tickets, newest first."""
    from core.domain.ids import TenantId
    from deploy.settings import load
    from deploy.tickets import page

    settings = load(config, deploy={"data_dir": data_dir})
    rows = asyncio.run(page(settings, TenantId(tenant), done=done, limit=limit))
    show_rows(rows, as_json=as_json, empty="there are no tickets")


@command.command()
@click.argument("number", type=int)
@options.tenant
@options.place
@options.as_json
def show(
    number: int, tenant: str, config: Path | None, data_dir: str | None, *, as_json: bool
) -> None:
    """Show all of a ticket: what it says, where it is, what was said about it."""
    from core.domain.ids import TenantId
    from deploy.settings import load
    from deploy.tickets import show as shown

    settings = load(config, deploy={"data_dir": data_dir})
    found = asyncio.run(shown(settings, TenantId(tenant), number))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for name, value in found.items():
        lines = value if isinstance(value, list) else [value]
        for line in lines:
            click.echo(f"{name}: {line if line is not None else '-'}")
