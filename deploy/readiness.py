"""Whether this process can do its work, for load balancers and supervisors."""

import asyncio

import asyncpg

from channels.parts import Probe
from core.domain.errors import SwitchboardError
from core.postgres.database import Database
from core.worker import Worker
from deploy.migrate import pending

_ANSWER_S = 3


class Readiness:
    """All that the roles of one process need."""

    def __init__(self, *checks: Probe) -> None:
        self._checks = [*checks]
        self.stopping = False
        """True from the wish to stop on."""

    def add(self, check: Probe) -> None:
        """Ask this, too."""
        self._checks.append(check)

    async def __call__(self) -> str | None:
        """What is missing, in a sentence; None when the work can be done."""
        if self.stopping:
            return "The service is stopping."
        for check in self._checks:
            why = await check()
            if why is not None:
                return why
        return None


def schema_is_current(pools: Database) -> Probe:
    """Whether the database can be reached and has all migrations."""

    async def check() -> str | None:
        try:
            async with asyncio.timeout(_ANSWER_S), pools.as_service() as connection:
                steps = await pending(connection)
        except SwitchboardError as failure:
            return str(failure)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return "The database cannot be reached."
        return f"{len(steps)} migrations are pending." if steps else None

    return check


def member(group: str, worker: Worker) -> Probe:
    """Whether the worker reads its topic."""

    async def check() -> str | None:
        return None if worker.reading else f"The group {group} does not read its topic."

    return check
