"""`switchboard db`: the schema, and copies of everything."""

import asyncio
from pathlib import Path

import click

from deploy.commands import options


@click.group()
def command() -> None:
    """Migrate, back up and restore the database."""


@command.command()
@options.place
def migrate(config: Path | None, data_dir: str | None) -> None:
    """Bring the schema up to date; safe to run from several machines at once."""
    from deploy.backup import bring_up_to_date
    from deploy.settings import load

    steps = asyncio.run(bring_up_to_date(load(config, deploy={"data_dir": data_dir})))
    for step in steps:
        click.echo(f"applied {step.number:04} {step.name}")
    if not steps:
        click.echo("the schema is up to date")


@command.command()
@click.argument("file", type=click.Path(dir_okay=False, resolve_path=True, path_type=Path))
@options.place
def backup(file: Path, config: Path | None, data_dir: str | None) -> None:
    """Write everything into FILE while the service goes on."""
    from deploy.backup import back_up
    from deploy.settings import load

    asyncio.run(back_up(load(config, deploy={"data_dir": data_dir}), file))
    click.echo(f"{file}: {file.stat().st_size / 1e6:.1f} MB")


@command.command()
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, resolve_path=True, path_type=Path)
)
@options.place
def restore(file: Path, config: Path | None, data_dir: str | None) -> None:
    """Put the backup in FILE into an empty database, and bring it up to date."""
    from deploy.backup import restore as put_back
    from deploy.settings import load

    asyncio.run(put_back(load(config, deploy={"data_dir": data_dir}), file))
    click.echo(f"restored from {file}")
