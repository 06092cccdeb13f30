"""Writes the last summaries of talks that are over, in workers: they have the models for it."""

from uuid import UUID

from core.domain.ids import ConversationId
from core.memory.keeper import Keeper
from core.memory.ports import Ended
from deploy.base import Base
from handoff.due import Due
from handoff.postgres.jobs import Job, PostgresJobs

ENDED = "ended-talk"
"""The kind of job; its payload has `conversation`, `behind` and `upto`."""


def sums_up(base: Base, keeper: Keeper) -> Due:
    """What does it, job by job; run it beside the keeper."""
    return Due(PostgresJobs(base.database, base.clock), {ENDED: SumsUp(keeper)})


class SumsUp:
    """Handles jobs of the kind ENDED."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper

    async def __call__(self, job: Job) -> None:
        """Write what is left of the talk; one that was forgotten meanwhile is left alone."""
        await self._keeper.end(
            Ended(
                tenant=job.tenant,
                conversation=ConversationId(UUID(job.payload["conversation"])),
                behind=int(job.payload["behind"]),
                upto=int(job.payload["upto"]),
            )
        )
