"""`switchboard tools`: the actions that the bot may take over HTTP."""

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deploy.commands import options
from deploy.commands.listing import show

if TYPE_CHECKING:
    from core.tools.call import Called
    from core.tools.tell import Told
    from deploy.settings import Settings

_FILE = click.option(
    "--tools", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The file of tools.  [default: the one that core.tools names]",
)  # fmt: skip


@click.group()
def command() -> None:
    """List, check and try the actions that the bot may take over HTTP."""


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@options.place
def check(file: Path, config: Path | None, data_dir: str | None) -> None:
    """Read a file of tools and name all of its mistakes; nobody is called."""
    from deploy.tools import declared_in

    declared = declared_in(_settings(config, data_dir).core, file)
    click.echo(f"{len(declared.tools)} tools, no mistake")


@command.command("list")
@_FILE
@options.place
@options.as_json
def list_(file: Path | None, config: Path | None, data_dir: str | None, *, as_json: bool) -> None:
    """List the tools, what they are called with, and whether they change something."""
    from deploy.tools import declared_in, listed

    rows = listed(declared_in(_settings(config, data_dir).core, file))
    show(rows, as_json=as_json, empty="there are no tools")


@command.command("try")
@click.argument("name")
@click.argument("arguments", nargs=-1, metavar="[ARGUMENT=VALUE]...")
@click.option("--language", default="en", show_default=True, help="Of what would be said.")
@click.option("--yes", is_flag=True, help="Make a change without asking.")
@_FILE
@options.place
@options.as_json
def try_(  # noqa: PLR0913 - one for each option
    name: str,
    arguments: tuple[str, ...],
    file: Path | None,
    config: Path | None,
    data_dir: str | None,
    *,
    language: str,
    yes: bool,
    as_json: bool,
) -> None:
    """Make one call of a tool, and show what the customer would be told.

    A tool that changes something really changes it: that is asked first.
    """
    from deploy.tools import declared_in, named, tried

    declared = declared_in(_settings(config, data_dir).core, file)
    tool, said = named(declared, name), dict(map(_pair, arguments))
    if tool.changes and not yes:
        click.confirm(f"{name} changes something. Call it?", abort=True, err=True)
    called, told = asyncio.run(tried(declared, tool, said, language))
    _show(called, told, as_json=as_json)
    if told is None:
        raise click.ClickException("the call brought nothing that may be told")


def _show(called: "Called", told: "Told | None", *, as_json: bool) -> None:
    lines = told.ground.lines if told else ()
    if as_json:
        row = {"outcome": called.outcome.value, "status": called.status, "lines": lines}
        click.echo(json.dumps(row, ensure_ascii=False, indent=2))
        return
    click.echo(f"{called.outcome.value}, status {called.status or '-'}")
    for line in lines:
        click.echo(line)


def _pair(argument: str) -> tuple[str, str]:
    name, sign, value = argument.partition("=")
    if not sign or not name.strip():
        raise click.BadParameter("an argument is ARGUMENT=VALUE", param_hint="ARGUMENT=VALUE")
    return name.strip(), value


def _settings(config: Path | None, data_dir: str | None) -> "Settings":
    from deploy.settings import load

    return load(config, deploy={"data_dir": data_dir})
