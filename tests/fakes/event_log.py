"""A log that is only appended to, and that takes, loses and refuses as it is told."""

from collections.abc import Awaitable, Callable, Sequence

from core.domain.errors import LogUnavailable, RecordRefused
from core.event_log import EventLog, Lost, Member, NewRecord, Revoked

Decide = Callable[[Sequence[NewRecord]], Awaitable[int | None]]
"""Asked for every append: None takes all of it; a number takes so many and then breaks off."""


async def take_all(records: Sequence[NewRecord]) -> int | None:
    return None


class ScriptedLog(EventLog):
    """One process's client; several of them may share their records."""

    def __init__(
        self,
        decide: Decide = take_all,
        refuses: Callable[[NewRecord], bool] = lambda record: False,
        records: list[NewRecord] | None = None,
    ) -> None:
        self.decide = decide
        self.refuses = refuses
        self.records: list[NewRecord] = [] if records is None else records
        self.appends: list[int] = []
        """How many records each call had."""

    async def append(self, records: Sequence[NewRecord]) -> None:
        self.appends.append(len(records))
        if any(map(self.refuses, records)):
            raise RecordRefused("it is too large")
        taken = await self.decide(records)
        self.records += records[:taken]
        if taken is not None:
            raise LogUnavailable

    async def join(
        self,
        group: str,
        topics: Sequence[str],
        on_revoked: Revoked | None = None,
        on_lost: Lost | None = None,
    ) -> Member:
        raise NotImplementedError

    async def close(self) -> None:
        """Nothing to let go of."""
