"""`switchboard desk`: how people take over from the bot, and who waits for them."""

import asyncio
from pathlib import Path

import click

from deploy.commands import desk_chat, options
from deploy.commands.listing import show


@click.group()
def command() -> None:
    """Say how people take over from the bot, and list who waits for them."""


command.add_command(desk_chat.place)
command.add_command(desk_chat.link)

_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@command.command()
@_FILE
def check(file: Path) -> None:
    """Read a handoff.toml and name all of its mistakes."""
    from handoff.practice import parse

    parse(file.read_text(encoding="utf-8"), file.name)
    click.echo("no mistake")


@command.command("import")
@_FILE
@options.tenant
@options.place
def import_(file: Path, tenant: str, config: Path | None, data_dir: str | None) -> None:
    """Work as FILE says, from some seconds on."""
    from deploy.settings import load
    from deploy.waiting import put

    settings = load(config, deploy={"data_dir": data_dir})
    asyncio.run(put(settings, tenant, file.read_text(encoding="utf-8")))
    click.echo(f"the people of {tenant} work as {file.name} says")


@command.command()
@options.tenant
@options.place
def reset(tenant: str, config: Path | None, data_dir: str | None) -> None:
    """Work as the file that ships says."""
    from deploy.settings import load
    from deploy.waiting import remove

    asyncio.run(remove(load(config, deploy={"data_dir": data_dir}), tenant))
    click.echo(f"the people of {tenant} work as it ships")


@command.command("list")
@options.tenant
@options.place
@options.as_json
def list_(tenant: str, config: Path | None, data_dir: str | None, *, as_json: bool) -> None:
    """List who waits for a person or talks with one, the first one first."""
    from deploy.settings import load
    from deploy.waiting import everyone

    rows = asyncio.run(everyone(load(config, deploy={"data_dir": data_dir}), tenant))
    show(rows, as_json=as_json, empty="nobody waits, and nobody talks with a person")


@command.command()
@options.tenant
@options.place
@options.as_json
def status(tenant: str, config: Path | None, data_dir: str | None, *, as_json: bool) -> None:
    """Say how the desk stands now and how today went, in the numbers of the lead's page."""
    from deploy.overview import status as numbers
    from deploy.settings import load

    rows = asyncio.run(numbers(load(config, deploy={"data_dir": data_dir}), tenant))
    show(rows, as_json=as_json, empty="there is nothing to count")
