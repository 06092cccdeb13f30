"""`switchboard config`: is the configuration right, and what holds?"""

from pathlib import Path

import click

from deploy.commands import options
from deploy.commands.listing import show


@click.group()
def command() -> None:
    """Check the configuration."""


@command.command()
@options.config
@options.as_json
def check(config: Path | None, *, as_json: bool) -> None:
    """Show every setting as it holds now; all mistakes at once if there are any."""
    from deploy.example import documented
    from deploy.settings import load

    settings = load(config)
    rows = [
        {"setting": f"{entry.folder}.{entry.name}", "value": entry.value_in(settings)}
        for entry in documented()
    ]
    show(rows, as_json=as_json, empty="")


@command.command()
def example() -> None:
    """Print every setting with its default and what changes when it is changed."""
    from deploy.example import render

    click.echo(render(), nl=False)


@command.command()
def key() -> None:
    """Print a fresh key for channels.secret_keys."""
    from core.sealing import new_key

    click.echo(new_key())
