"""`switchboard handoff-events`: other desks that hear of handoffs."""

import asyncio
import sys
from pathlib import Path

import click

from deploy.commands import options
from deploy.commands.listing import show


@click.group()
def command() -> None:
    """Add, list, check and remove addresses that handoffs are told at, by signed calls."""


@command.command()
@click.argument("name")
@click.argument("url")
@click.option("--private", is_flag=True, help="It may lie on this machine or in its network.")
@options.tenant
@options.place
def add(  # noqa: PLR0913 - one per option
    name: str, url: str, tenant: str, config: Path | None, data_dir: str | None, *, private: bool
) -> None:
    """Tell handoffs at URL from now on; again, with another address or secret.

    The secret that calls are signed with is asked for, or read as a line from standard input. An
    empty one makes a secret and prints it.
    """
    from core.clock import new_secret
    from core.domain.ids import TenantId
    from deploy.events import Wish
    from deploy.events import add as keep
    from deploy.settings import load

    given = _secret()
    secret = given or new_secret()
    wish = Wish(tenant=TenantId(tenant), name=name, url=url, secret=secret, private=private)
    asyncio.run(keep(load(config, deploy={"data_dir": data_dir}), wish))
    click.echo(f"handoffs of {tenant} are told to {name}")
    if not given:
        click.echo(f"calls are signed with\n{secret}")


@command.command("list")
@options.tenant
@options.place
@options.as_json
def list_(tenant: str, config: Path | None, data_dir: str | None, *, as_json: bool) -> None:
    """List them, with what waits for each, what was given up, and why."""
    from core.domain.ids import TenantId
    from deploy.events import everyone
    from deploy.settings import load

    rows = asyncio.run(everyone(load(config, deploy={"data_dir": data_dir}), TenantId(tenant)))
    show(rows, as_json=as_json, empty="handoffs are told to nobody")


@command.command()
@click.argument("name", required=False)
@options.tenant
@options.place
@options.as_json
def check(
    name: str | None, tenant: str, config: Path | None, data_dir: str | None, *, as_json: bool
) -> None:
    """Call each with a `ping`."""
    from core.domain.ids import TenantId
    from deploy.events import check as look
    from deploy.settings import load

    settings = load(config, deploy={"data_dir": data_dir})
    found = asyncio.run(look(settings, TenantId(tenant), name))
    rows = [
        {"name": name, "state": "wrong" if says else "good", "what": says or "it takes calls"}
        for name, says in found.items()
    ]
    show(rows, as_json=as_json, empty="")
    wrong = sorted(name for name, says in found.items() if says)
    if wrong:
        raise click.ClickException(f"{', '.join(wrong)}: see above")


@command.command()
@click.argument("name")
@options.tenant
@options.place
def replay(name: str, tenant: str, config: Path | None, data_dir: str | None) -> None:
    """Tell NAME at once what waits for it, also what was given up."""
    from core.domain.ids import TenantId
    from deploy.events import replay as again
    from deploy.settings import load

    settings = load(config, deploy={"data_dir": data_dir})
    count = asyncio.run(again(settings, TenantId(tenant), name))
    click.echo(f"events that are told to {name} again: {count}")


@command.command()
@click.argument("name")
@options.tenant
@options.place
def remove(name: str, tenant: str, config: Path | None, data_dir: str | None) -> None:
    """Tell NAME nothing more; what waits for it is forgotten."""
    from core.domain.ids import TenantId
    from deploy.events import remove as forget
    from deploy.settings import load

    asyncio.run(forget(load(config, deploy={"data_dir": data_dir}), TenantId(tenant), name))
    click.echo(f"{name} is forgotten")


def _secret() -> str:
    """Never an argument: those can be read by every process of the machine."""
    if sys.stdin.isatty():
        return str(click.prompt("Secret", hide_input=True, default="")).strip()
    return sys.stdin.readline().strip()
