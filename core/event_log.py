"""The event log, as the core sees it; the awkward cases are fixed here."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Partition:
    """One partition of one topic."""

    topic: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One entry of the log."""

    partition: Partition
    offset: int
    key: bytes
    value: bytes
    headers: Mapping[str, str]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRecord:
    """An entry on its way into the log; its key decides the partition."""

    topic: str
    key: bytes
    value: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


Revoked = Callable[[Sequence[Partition]], Awaitable[None]]
"""Called before partitions move to another member: finish or drop their work, then commit."""
Lost = Callable[[Sequence[Partition]], None]
"""Called when partitions are others' already, or will come again from the committed position:
drop their work at once, for nothing can be committed any more."""


class EventLog(Protocol):
    """Topics of partitions of records; one order per key.

    Partition of a key: `(murmur2(key) & 0x7fffffff) % partitions`, in every backend.
    """

    async def append(self, records: Sequence[NewRecord]) -> None:
        """Make them durable, each behind what its partition already holds, in the order given.

        Raises:
            LogUnavailable: not known to be stored; the caller may append them again.
            RecordRefused, TopicMissing: one of them will never be taken. None behind it in its
                partition is stored.
        """
        ...

    async def join(
        self,
        group: str,
        topics: Sequence[str],
        on_revoked: Revoked | None = None,
        on_lost: Lost | None = None,
    ) -> "Member":
        """Become a member of the group and share its partitions with the other members.

        A group's first member starts at the oldest record there is.
        """
        ...

    async def close(self) -> None:
        """Let go of connections. Members leave before."""


class Member(Protocol):
    """One consumer of a group."""

    async def poll(
        self, max_records: int, timeout_s: float
    ) -> Mapping[Partition, Sequence[Record]]:
        """Records of the partitions this member has, in order; empty after the timeout.

        Returns at once when there is something. A record is returned once per assignment
        of its partition; after an assignment reading starts at the committed position.
        """
        ...

    async def commit(self, positions: Mapping[Partition, int]) -> None:
        """Remember, for each partition, the offset to read next.

        A step back, and a partition this member no longer has, change nothing.
        """
        ...

    def pause(self, partitions: Sequence[Partition]) -> None:
        """Return no records of these from poll until they are resumed."""

    def resume(self, partitions: Sequence[Partition]) -> None: ...

    def assigned(self) -> frozenset[Partition]:
        """What this member has now."""

    async def lag(self) -> Mapping[Partition, int]:
        """Records behind the committed position, of the partitions this member has."""

    async def leave(self) -> None:
        """Hand the partitions on at once. The last commit stands. Twice is a no-op."""
