"""The dead letters of a service, for its operator: to look at, to put back, to close."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from core.domain.errors import RefusedError
from core.postgres.dead_letters import Kept, PostgresDeadLetters
from deploy.session import database, server
from deploy.settings import Settings


async def open_ones(settings: Settings) -> Sequence[Kept]:
    """Those that wait for a decision, the latest first."""
    async with _dead_letters(settings) as letters:
        return await letters.open_ones()


async def all_of_them(settings: Settings) -> Sequence[Kept]:
    """With those that were replayed or discarded in the last days."""
    async with _dead_letters(settings) as letters:
        return await letters.all_of_them()


async def one(settings: Settings, number: int) -> Kept:
    """The letter of this number.

    Raises:
        RefusedError: there is none.
    """
    async with _dead_letters(settings) as letters:
        found = await letters.one(number)
    if found is None:
        raise RefusedError(f"there is no dead letter {number}")
    return found


async def replay(settings: Settings, numbers: Sequence[int]) -> None:
    """Put these records back into their topics, behind what is there.

    Raises:
        RefusedError: there is no such dead letter; nothing was put back.
    """
    async with _dead_letters(settings) as letters:
        await letters.replay(numbers)


async def discard(settings: Settings, numbers: Sequence[int]) -> int:
    """Close these without a replay; how many of them were open.

    Raises:
        RefusedError: there is no such dead letter; none was closed.
    """
    async with _dead_letters(settings) as letters:
        return await letters.discard(numbers)


@asynccontextmanager
async def _dead_letters(settings: Settings) -> AsyncIterator[PostgresDeadLetters]:
    async with server(settings) as dsn, database(settings, dsn) as pools:
        # nobody is rung for: relays look twice a second anyway
        yield PostgresDeadLetters(pools, lambda _: None, partitions=settings.core.partitions)
