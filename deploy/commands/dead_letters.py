"""`switchboard dead-letters`: records that could not be used."""

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deploy.commands import options
from deploy.commands.listing import show as show_rows

if TYPE_CHECKING:
    from deploy.dead_letters import Found


@click.group()
def command() -> None:
    """Look at records that could not be used, and replay them."""


@command.command("list")
@options.place
@options.as_json
def list_(config: Path | None, data_dir: str | None, *, as_json: bool) -> None:
    """List them, the latest first."""
    rows = [
        {
            "id": one.id,
            "topic": one.letter.record.partition.topic,
            "conversation": one.letter.record.key.decode(errors="replace"),
            "error": one.letter.failure.error_class,
            "attempts": one.letter.failure.attempts,
            "at": one.letter.failure.last_at.isoformat(timespec="seconds"),
        }
        for one in _found(config, data_dir)
    ]
    show_rows(rows, as_json=as_json, empty="there are no dead letters")


@command.command()
@click.argument("id")
@options.place
def show(id: str, config: Path | None, data_dir: str | None) -> None:
    """Show one with everything that is known of it, as JSON."""
    for one in _found(config, data_dir):
        if one.id == id:
            click.echo(json.dumps(_everything(one), ensure_ascii=False, indent=2))
            return
    raise click.ClickException(f"there is no dead letter {id}")


@command.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@options.place
def replay(ids: tuple[str, ...], config: Path | None, data_dir: str | None) -> None:
    """Put records back into their topics; what was done already is not done twice."""
    from deploy.dead_letters import replay as put_back
    from deploy.settings import load

    asyncio.run(put_back(load(config, deploy={"data_dir": data_dir}), ids))
    click.echo(f"{len(ids)} put back")


def _found(config: Path | None, data_dir: str | None) -> "list[Found]":
    from deploy.dead_letters import found
    from deploy.settings import load

    return asyncio.run(found(load(config, deploy={"data_dir": data_dir})))


def _everything(one: "Found") -> dict[str, object]:
    record, failure = one.letter.record, one.letter.failure
    return {
        "id": one.id,
        "topic": record.partition.topic,
        "partition": record.partition.number,
        "offset": record.offset,
        "at": record.at.isoformat(),
        "conversation": record.key.decode(errors="replace"),
        "headers": dict(record.headers),
        "value": record.value.decode(errors="replace"),
        "error": failure.error_class,
        "said": failure.error,
        "attempts": failure.attempts,
        "first_at": failure.first_at.isoformat(),
        "last_at": failure.last_at.isoformat(),
    }
