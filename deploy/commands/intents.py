"""`switchboard intents`: what customers want, and what is done about it."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deploy.commands import options
from deploy.commands.listing import show

if TYPE_CHECKING:
    from core.nlu.intents.catalogue import Catalogue
    from deploy.settings import Settings

_file = click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)


@click.group()
def command() -> None:
    """Import, list, train and measure what customers want and what is done about it."""


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@options.tenant
@options.place
def import_(file: Path, tenant: str, config: Path | None, data_dir: str | None) -> None:
    """Keep the intents of FILE: intents.toml, or CSV with the columns text and label.

    They take the place of those before; `train` then learns them.
    """
    from core.domain.ids import TenantId
    from deploy.intents import from_file, stored

    catalogue = from_file(file)

    async def run() -> None:
        async with stored(_settings(config, data_dir)) as intents:
            await intents.put(TenantId(tenant), catalogue)

    asyncio.run(run())
    examples = sum(len(intent.examples) for intent in catalogue.intents)
    click.echo(f"{len(catalogue.intents)} intents with {examples} examples are kept")


@command.command()
@_file
@options.tenant
@options.place
@options.as_json
def train(
    file: Path | None, tenant: str, config: Path | None, data_dir: str | None, *, as_json: bool
) -> None:
    """Learn the intents that were imported, or those of FILE, and say how well it went.

    Without either it is the starter set that comes with the service.
    """
    from core.domain.ids import TenantId
    from deploy.intents import train as learned

    report = asyncio.run(learned(_settings(config, data_dir), TenantId(tenant), _catalogue(file)))
    _tell(report, as_json=as_json)


@command.command("eval")
@_file
@options.tenant
@options.place
@options.as_json
def eval_(
    file: Path | None, tenant: str, config: Path | None, data_dir: str | None, *, as_json: bool
) -> None:
    """Measure by cross-validation what `train` would learn, and keep nothing."""
    from core.domain.ids import TenantId
    from deploy.intents import evaluate

    report = asyncio.run(evaluate(_settings(config, data_dir), TenantId(tenant), _catalogue(file)))
    _tell(report, as_json=as_json)


@command.command("list")
@options.tenant
@options.place
@options.as_json
def list_(tenant: str, config: Path | None, data_dir: str | None, *, as_json: bool) -> None:
    """List the intents, what is done about each, and how well it is recognised."""
    from core.domain.ids import TenantId
    from deploy.intents import listed

    rows = asyncio.run(listed(_settings(config, data_dir), TenantId(tenant)))
    show(rows, as_json=as_json, empty="there are no intents; `train` begins with a starter set")


def _tell(report: Mapping[str, Any], *, as_json: bool) -> None:
    from core.nlu.intents.report import sentences

    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
        return
    for line in sentences(report):
        click.echo(line)


def _catalogue(file: Path | None) -> "Catalogue | None":
    from deploy.intents import from_file

    return from_file(file) if file else None


def _settings(config: Path | None, data_dir: str | None) -> "Settings":
    from deploy.settings import load

    return load(config, deploy={"data_dir": data_dir})
