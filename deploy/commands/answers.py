"""`switchboard answers`: what leads have approved, said instead of anything written anew."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deploy.commands import options
from deploy.commands.listing import show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.answers.ports import Pair
    from deploy.settings import Settings

_by = click.option("--by", default="the command line", show_default=True, help="Who approves.")
_ids = click.argument("ids", nargs=-1, required=True, metavar="ID...")


@click.group()
def command() -> None:
    """Fix what is answered to certain questions, whatever the documents or a model would say."""


@command.command("list")
@options.tenant
@options.place
@options.as_json
def list_(tenant: str, config: Path | None, data_dir: str | None, *, as_json: bool) -> None:
    """List the approved answers, the latest first; --json shows them whole."""
    from core.domain.ids import TenantId
    from deploy.answers import in_columns, listed

    rows = asyncio.run(listed(_settings(config, data_dir), TenantId(tenant)))
    shown = rows if as_json else [in_columns(row) for row in rows]
    show(shown, as_json=as_json, empty="no answer is approved")


@command.command()
@click.argument("questions", nargs=-1, required=True, metavar="QUESTION...")
@click.option("--answer", required=True, help="What is said to whoever asks one of them.")
@click.option("--language", default="", help="Only for customers who write in it, as `en`.")
@click.option("--until", default="", metavar="DAY", help="The last day, as 2026-12-31.")
@_by
@options.tenant
@options.place
def add(  # noqa: PLR0913 - one for each option
    questions: tuple[str, ...],
    *,
    answer: str,
    language: str,
    until: str,
    by: str,
    tenant: str,
    config: Path | None,
    data_dir: str | None,
) -> None:
    """Approve an answer for a question, of which several wordings may be given.

    A wording that had an answer has this one from now on.
    """
    from deploy.answers import a_pair

    pair = a_pair(questions, answer, language, by, until)
    _put(_settings(config, data_dir), tenant, [pair])
    click.echo(f"{pair.id} is approved")


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_by
@options.tenant
@options.place
def import_(file: Path, by: str, tenant: str, config: Path | None, data_dir: str | None) -> None:
    """Approve the answers of FILE: CSV with the columns question and answer.

    Columns language, expires (the last day) and enabled (yes or no) may be there, too. Lines with
    the same answer are wordings of one question; what had an answer before has the new one.
    """
    from deploy.answers import from_file

    pairs = from_file(file, by)
    _put(_settings(config, data_dir), tenant, pairs)
    questions = sum(len(pair.questions) for pair in pairs)
    click.echo(f"{len(pairs)} answers to {questions} questions are approved")


@command.command()
@_ids
@options.tenant
@options.place
def remove(ids: tuple[str, ...], tenant: str, config: Path | None, data_dir: str | None) -> None:
    """Take answers out, by the id that `list` shows."""
    from core.domain.ids import TenantId
    from deploy.answers import ids_of, stored

    wanted = ids_of(ids)

    async def run() -> int:
        async with stored(_settings(config, data_dir)) as approvals:
            return await approvals.remove(TenantId(tenant), wanted)

    _tell(asyncio.run(run()), len(set(wanted)), "removed")


@command.command()
@_ids
@options.tenant
@options.place
def enable(ids: tuple[str, ...], tenant: str, config: Path | None, data_dir: str | None) -> None:
    """Let answers that were switched off be said again."""
    _switch(_settings(config, data_dir), tenant, ids, "enabled")


@command.command()
@_ids
@options.tenant
@options.place
def disable(ids: tuple[str, ...], tenant: str, config: Path | None, data_dir: str | None) -> None:
    """Let answers not be said, but stay in the list."""
    _switch(_settings(config, data_dir), tenant, ids, "disabled")


@command.command()
@click.argument("question")
@click.option("--before", multiple=True, help="An earlier question of the same conversation.")
@options.tenant
@options.place
@options.as_json
def test(  # noqa: PLR0913 - one for each option
    question: str,
    before: tuple[str, ...],
    tenant: str,
    config: Path | None,
    data_dir: str | None,
    *,
    as_json: bool,
) -> None:
    """Compare a question with the approved ones as a turn would, and say what comes of each."""
    from core.domain.ids import TenantId
    from deploy.answers import compared

    found = asyncio.run(compared(_settings(config, data_dir), TenantId(tenant), question, before))
    rows = [
        {
            "likeness": round(one.likeness, 3),
            "verdict": one.verdict.value,
            "question": one.question,
            "answer": one.answer,
            "id": str(one.id),
        }
        for one in found
    ]
    show(rows, as_json=as_json, empty="no approved question has anything in common with it")


def _put(settings: "Settings", tenant: str, pairs: "Sequence[Pair]") -> None:
    from core.domain.ids import TenantId
    from deploy.answers import stored

    async def run() -> None:
        async with stored(settings) as approvals:
            await approvals.put(TenantId(tenant), pairs)

    asyncio.run(run())


def _switch(settings: "Settings", tenant: str, ids: tuple[str, ...], done: str) -> None:
    from core.domain.ids import TenantId
    from deploy.answers import ids_of, stored

    wanted = dict.fromkeys(ids_of(ids), done == "enabled")

    async def run() -> int:
        async with stored(settings) as approvals:
            return await approvals.switch(TenantId(tenant), wanted)

    _tell(asyncio.run(run()), len(wanted), done)


def _tell(found: int, wanted: int, done: str) -> None:
    if found < wanted:
        raise click.ClickException(f"{found} of {wanted} were there, and are {done}")
    click.echo(f"{found} {done}")


def _settings(config: Path | None, data_dir: str | None) -> "Settings":
    from deploy.settings import load

    return load(config, deploy={"data_dir": data_dir})
