"""`switchboard prompts`: what language models are told."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from deploy.commands import options
from deploy.commands.listing import show as show_rows

if TYPE_CHECKING:
    from core.models.catalogue import Catalogue


@click.group()
def command() -> None:
    """List, show and check what language models are told."""


@command.command("list")
@options.config
@options.as_json
def list_(config: Path | None, *, as_json: bool) -> None:
    """List the prompts that hold, with their versions."""
    rows = [
        {
            "name": entry.name,
            "tenant": entry.tenant,
            "language": entry.language,
            "version": entry.prompt.version,
            "file": f"(ships) {entry.file}" if entry.ships else entry.file,
        }
        for entry in _catalogue(config).entries
    ]
    show_rows(rows, as_json=as_json, empty="")


@command.command()
@click.argument("name", default="answer")
@options.tenant
@click.option("--language", default="", help="As `en`.  [default: any]")
@options.config
def show(name: str, tenant: str, language: str, config: Path | None) -> None:
    """Show the prompt that a conversation of this tenant and language is answered with."""
    prompt = _catalogue(config).prompts(name).of(tenant, language)
    click.echo(f"version: {prompt.version}")
    for part in prompt.parts:
        click.echo(f"[{part.role}]\n{part.text}")


@command.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@options.config
def check(folder: Path | None, config: Path | None) -> None:
    """Read the prompts of a folder, or of the settings, and name all of their mistakes.

    Without a folder the experiments are read, too.
    """
    if folder is not None:
        from core.models.catalogue import read

        entries = read(folder).entries
        click.echo(f"{sum(not entry.ships for entry in entries)} prompts, no mistake")
        return
    from deploy.models import experiments_of
    from deploy.settings import load

    experiments = experiments_of(load(config).core)
    entries = _catalogue(config).entries
    own = sum(not entry.ships for entry in entries)
    click.echo(f"{own} prompts and {len(experiments)} experiments, no mistake")


def _catalogue(config: Path | None) -> "Catalogue":
    from deploy.models import prompts_of
    from deploy.settings import load

    return prompts_of(load(config).core)
