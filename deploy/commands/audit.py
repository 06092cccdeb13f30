"""`switchboard audit`: the log of what people and programs did."""

import asyncio
import json
from pathlib import Path

import click

from deploy.commands import options


@click.group()
def command() -> None:
    """Check and export the log of what people and programs did."""


@command.command()
@options.tenant
@options.place
def verify(tenant: str, config: Path | None, data_dir: str | None) -> None:
    """Check every entry against its seal; ends with 1 if any was changed, left out or added."""
    from core.domain.ids import TenantId
    from deploy.audit import verify as verified
    from deploy.settings import load

    verdict = asyncio.run(verified(load(config, deploy={"data_dir": data_dir}), TenantId(tenant)))
    if verdict.broken:
        places = ", ".join(map(str, verdict.broken[:10]))
        raise click.ClickException(f"the chain is broken at {places}")
    click.echo(f"{verdict.entries} entries, the chain is whole")


@command.command()
@options.tenant
@options.place
def export(tenant: str, config: Path | None, data_dir: str | None) -> None:
    """Print every entry as a line of JSON."""
    from core.domain.ids import TenantId
    from deploy.audit import entries
    from deploy.settings import load

    settings = load(config, deploy={"data_dir": data_dir})

    async def print_all() -> None:
        async for entry in entries(settings, TenantId(tenant)):
            click.echo(json.dumps(entry, ensure_ascii=False))

    asyncio.run(print_all())
