"""`switchboard knowledge`: the documents that answers come from."""

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deploy.commands import options
from deploy.commands.listing import show

if TYPE_CHECKING:
    from core.domain.answers import Findings, Passage
    from deploy.settings import Settings
    from knowledge.evaluate import Report


@click.group()
def command() -> None:
    """Add, list, remove, search and evaluate the documents that answers come from."""


@command.command()
@click.argument("places", nargs=-1, required=True, metavar="PATH_OR_URL...")
@options.tenant
@click.option("--prune", is_flag=True, help="Also remove documents that are no longer there.")
@options.place
def add(
    places: tuple[str, ...], tenant: str, config: Path | None, data_dir: str | None, *, prune: bool
) -> None:
    """Read in folders, files, web pages and sitemaps; unchanged documents are skipped.

    What cannot be read is named, the rest goes in, and the exit code is 1.
    """
    from core.domain.ids import TenantId
    from deploy.commands.progress import shown
    from deploy.reading import Summary, library, read_in

    async def run() -> Summary:
        async with library(_settings(config, data_dir)) as books:
            with shown("documents") as watching:
                return await read_in(
                    books.ingester, TenantId(tenant), places, watching, prune=prune
                )

    summary = asyncio.run(run())
    for notice in summary.notices:
        click.echo(notice)
    for refused in summary.refused:
        click.echo(str(refused), err=True)
    if prune and summary.refused:
        click.echo("nothing was removed, for not everything could be read", err=True)
    click.echo(str(summary))
    if summary.refused:
        raise click.exceptions.Exit(1)


@command.command("list")
@options.tenant
@options.place
@options.as_json
def list_(tenant: str, config: Path | None, data_dir: str | None, *, as_json: bool) -> None:
    """List the documents."""
    from core.domain.ids import TenantId
    from deploy.session import database, server
    from knowledge.postgres.chunks import PostgresChunkStore

    async def run() -> list[dict[str, object]]:
        settings = _settings(config, data_dir)
        async with server(settings) as dsn, database(settings, dsn) as pools:
            stored = await PostgresChunkStore(pools).documents(TenantId(tenant))
            return [
                {
                    "uri": document.uri,
                    "title": document.title,
                    "language": document.language,
                    "passages": document.chunks,
                }
                for document in stored
            ]

    show(asyncio.run(run()), as_json=as_json, empty="there are no documents")


@command.command()
@click.argument("uris", nargs=-1, required=True, metavar="URI...")
@options.tenant
@options.place
def remove(uris: tuple[str, ...], tenant: str, config: Path | None, data_dir: str | None) -> None:
    """Take documents out, by the uri that `list` shows."""
    from core.domain.ids import TenantId
    from deploy.session import database, server
    from knowledge.postgres.chunks import PostgresChunkStore

    async def run() -> int:
        settings = _settings(config, data_dir)
        async with server(settings) as dsn, database(settings, dsn) as pools:
            return await PostgresChunkStore(pools).remove(TenantId(tenant), uris)

    removed = asyncio.run(run())
    if removed < len(set(uris)):
        raise click.ClickException(f"{removed} of {len(set(uris))} were there, and are removed")
    click.echo(f"{removed} removed")


@command.command()
@click.argument("question")
@click.option("--before", multiple=True, help="An earlier question of the same conversation.")
@click.option("--explain", is_flag=True, help="Show the parts of each score.")
@options.tenant
@options.place
@options.as_json
def search(  # noqa: PLR0913 - one for each option
    question: str,
    before: tuple[str, ...],
    tenant: str,
    config: Path | None,
    data_dir: str | None,
    *,
    explain: bool,
    as_json: bool,
) -> None:
    """Search as a turn would, and show the passages with their scores."""
    from core.domain.ids import TenantId
    from deploy.reading import library

    async def run() -> "Findings":
        async with library(_settings(config, data_dir)) as books:
            return await books.retriever.retrieve(TenantId(tenant), question, before)

    found = asyncio.run(run())
    if as_json:
        click.echo(json.dumps(_findings(found), ensure_ascii=False, indent=2))
        return
    click.echo(f"confidence {found.confidence:.2f}; looked for: {', '.join(found.looked_for)}")
    for number, passage in enumerate(found.passages, 1):
        click.echo(f"\n[{number}] {passage.score:.3f}  {_place(passage)}")
        if explain:
            parts = (f"{name} {value:.3f}" for name, value in passage.parts.items())
            click.echo("    " + "  ".join(parts))
        click.echo(f"    {' '.join(passage.text.split())[:300]}")


@command.command("eval")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@options.tenant
@options.place
@options.as_json
def eval_(
    file: Path, tenant: str, config: Path | None, data_dir: str | None, *, as_json: bool
) -> None:
    """Measure search and answers on FILE: JSON Lines of questions with their right documents."""
    from core.domain.answers import Draft, Findings
    from core.domain.ids import TenantId
    from core.models.extract import extract
    from deploy.reading import library
    from knowledge.evaluate import Question, outcomes, read, summarise

    settings = _settings(config, data_dir)
    questions = read(file)

    def answer(question: Question, findings: Findings) -> Draft | None:
        if findings.confidence < settings.core.decline_below:
            return None
        return extract(question.question, question.before, findings)

    async def run() -> "Report":
        async with library(settings) as books:
            asked = outcomes(books.retriever, TenantId(tenant), questions, answer)
            return summarise([outcome async for outcome in asked])

    measured = _named(asyncio.run(run()))
    if as_json:
        click.echo(json.dumps(measured, indent=2))
        return
    for name, value in measured.items():
        shown = "-" if value is None else f"{value:.3f}" if isinstance(value, float) else value
        click.echo(f"{name:22} {shown}")


@command.command()
@options.tenant
@click.option("--days", default=30, show_default=True, help="How far back.")
@click.option("--most", default=50, show_default=True, help="Rows at most.")
@options.place
@options.as_json
def gaps(  # noqa: PLR0913 - one for each option
    tenant: str,
    days: int,
    most: int,
    config: Path | None,
    data_dir: str | None,
    *,
    as_json: bool,
) -> None:
    """List what customers asked and the documents did not answer, the most frequent first.

    Questions that looked for the same words are one row.
    """
    from core.domain.ids import TenantId
    from deploy.gaps import gaps as found

    rows = asyncio.run(found(_settings(config, data_dir), TenantId(tenant), days, most))
    show(rows, as_json=as_json, empty=f"no question was declined in the last {days} days")


def _settings(config: Path | None, data_dir: str | None) -> "Settings":
    from deploy.settings import load

    return load(config, deploy={"data_dir": data_dir})


def _place(passage: "Passage") -> str:
    path = " > ".join(passage.heading) or passage.title
    page = f", page {passage.page}" if passage.page else ""
    return f"{passage.uri}{page}  {path}"


def _findings(found: "Findings") -> dict[str, object]:
    return {
        "confidence": found.confidence,
        "looked_for": found.looked_for,
        "knowledge_version": found.knowledge_version,
        "passages": [
            {
                "title": passage.title,
                "uri": passage.uri,
                "heading": passage.heading,
                "page": passage.page,
                "score": passage.score,
                "parts": dict(passage.parts),
                "text": passage.text,
            }
            for passage in found.passages
        ],
    }


def _named(report: "Report") -> dict[str, object]:
    """The figures under the names they are known by."""
    names = {
        "recall_at_1": "recall@1",
        "recall_at_5": "recall@5",
        "recall_at_10": "recall@10",
        "mrr": "MRR",
        "ndcg_at_10": "nDCG@10",
        "rouge_1": "ROUGE-1",
    }
    return {
        names.get(name, name.replace("_", " ")): value for name, value in asdict(report).items()
    }
