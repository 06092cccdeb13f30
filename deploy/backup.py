"""Brings the schema up to date, and copies the whole database out and back in."""

import asyncio
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from core.domain.errors import RefusedError
from core.postgres.queries import beside
from deploy.migrate import Step
from deploy.migrate import migrate as apply_pending
from deploy.programs import run
from deploy.session import connection, server
from deploy.settings import Settings

_QUERIES = beside(__file__)


async def bring_up_to_date(settings: Settings) -> tuple[Step, ...]:
    """Apply the pending migrations; what was applied."""
    async with server(settings) as dsn, connection(dsn) as single:
        return await apply_pending(single)


async def back_up(settings: Settings, file: Path) -> None:
    """Write one consistent copy of everything.

    An older file of that name is replaced only when the new one is complete.
    """
    unfinished = file.with_name(file.name + ".unfinished")
    async with server(settings) as dsn, connection(dsn):
        try:
            await _run("pg_dump", dsn, "--format=custom", "--no-owner", f"--file={unfinished}")
            unfinished.replace(file)
        finally:
            unfinished.unlink(missing_ok=True)


async def restore(settings: Settings, file: Path) -> None:
    """Put a copy into an empty database, whole or not at all, and bring it up to date.

    Raises:
        RefusedError: there is something in the database.
        SetupError: the file is not one of `back_up`, or does not fit.
    """
    async with server(settings) as dsn, connection(dsn) as single:
        if await single.fetchval("SELECT to_regclass('schema_migrations')") is not None:
            raise RefusedError(
                "the database is not empty, and restoring replaces nothing:"
                " pass another --data-dir or database_url"
            )
        await single.execute(_QUERIES.role)
        await _run("pg_restore", dsn, "--no-owner", "--single-transaction", str(file))
        await apply_pending(single)


async def _run(program: str, dsn: str, *words: str) -> None:
    """Run it on the database, with the password out of sight of `ps`."""
    address = urlsplit(dsn)
    user, _, host = address.netloc.rpartition("@")
    shown = f"{user.partition(':')[0]}@{host}" if user else host
    await asyncio.to_thread(
        run,
        program,
        f"--dbname={urlunsplit(address._replace(netloc=shown))}",
        *words,
        password=unquote(address.password or ""),
    )
