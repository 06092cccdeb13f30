"""What Postgres raises when it is away, told apart from mistakes."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from core.domain.errors import LogUnavailable

BROKEN = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the server's last word came between two statements of ours
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    OSError,
    TimeoutError,
)
"""What a call raises when the database is away; the same call may work later."""


@contextmanager
def unavailable() -> Iterator[None]:
    """Turn what says that the database is away, or gave way to another, into `LogUnavailable`."""
    try:
        yield
    except (*BROKEN, asyncpg.TransactionRollbackError) as away:
        raise LogUnavailable from away
