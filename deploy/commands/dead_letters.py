"""`switchboard dead-letters`: records that could not be used."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import click

from deploy.commands import options
from deploy.commands.listing import show as show_rows

if TYPE_CHECKING:
    from core.postgres.dead_letters import Kept
    from deploy.settings import Settings

_T = TypeVar("_T")
_numbers = click.argument("ids", nargs=-1, required=True, type=int, metavar="ID...")


@click.group()
def command() -> None:
    """Look at records that could not be used; replay or discard them."""


@command.command("list")
@click.option("--all", "every", is_flag=True, help="Those that were replayed or discarded, too.")
@options.place
@options.as_json
def list_(config: Path | None, data_dir: str | None, *, every: bool, as_json: bool) -> None:
    """List those that wait for a decision, the latest first."""
    from deploy.dead_letters import all_of_them, open_ones

    kept = _run(config, data_dir, all_of_them if every else open_ones)
    rows = [
        {
            "id": one.id,
            "topic": one.letter.record.partition.topic,
            "conversation": _conversation(one.letter.record.key),
            "error": one.letter.failure.error_class,
            "attempts": one.letter.failure.attempts,
            "at": one.letter.failure.last_at.isoformat(timespec="seconds"),
            "state": one.state,
        }
        for one in kept
    ]
    empty = "there are no dead letters" if every else "there are no open dead letters"
    show_rows(rows, as_json=as_json, empty=empty)


@command.command()
@click.argument("id", type=int)
@options.place
def show(id: int, config: Path | None, data_dir: str | None) -> None:
    """Show one with everything that is known of it, as JSON."""
    from deploy.dead_letters import one

    kept = _run(config, data_dir, lambda settings: one(settings, id))
    click.echo(json.dumps(_everything(kept), ensure_ascii=False, indent=2))


@command.command()
@_numbers
@options.place
def replay(ids: tuple[int, ...], config: Path | None, data_dir: str | None) -> None:
    """Put records back into their topics; what was done already is not done twice."""
    from deploy.dead_letters import replay as put_back

    _run(config, data_dir, lambda settings: put_back(settings, ids))
    click.echo(f"{len(set(ids))} put back")


@command.command()
@_numbers
@options.place
def discard(ids: tuple[int, ...], config: Path | None, data_dir: str | None) -> None:
    """Close open ones without a replay; they are removed after a while."""
    from deploy.dead_letters import discard as close

    closed = _run(config, data_dir, lambda settings: close(settings, ids))
    click.echo(f"{closed} discarded")


def _run(
    config: Path | None,
    data_dir: str | None,
    act: "Callable[[Settings], Coroutine[Any, Any, _T]]",
) -> _T:
    from deploy.settings import load

    return asyncio.run(act(load(config, deploy={"data_dir": data_dir})))


def _conversation(key: bytes) -> str:
    """The conversation's id; nothing for a key that is none, for it may be anything."""
    try:
        return str(UUID(key.decode()))
    except ValueError:
        return ""


def _everything(kept: "Kept") -> dict[str, object]:
    record, failure = kept.letter.record, kept.letter.failure
    return {
        "id": kept.id,
        "state": kept.state,
        "closed_at": kept.closed_at and kept.closed_at.isoformat(),
        "topic": record.partition.topic,
        "partition": record.partition.number,
        "offset": record.offset,
        "at": record.at.isoformat(),
        "conversation": _conversation(record.key),
        "key": record.key.decode(errors="replace"),
        "headers": dict(record.headers),
        "value": record.value.decode(errors="replace"),
        "error": failure.error_class,
        "said": failure.error,
        "attempts": failure.attempts,
        "first_at": failure.first_at.isoformat(),
        "last_at": failure.last_at.isoformat(),
    }
