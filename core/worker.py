"""One consumer of a topic: many lanes, one key each.

Reads a topic as a member of a group, handles its records in lanes, and commits below the lowest
unfinished record of each partition. The topic's meaning is the handler's.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from core.attempt import Attempt, Chance, Handle, Outcomes, Patience, Sleep
from core.clock import chance
from core.dead_letters import DeadLetters
from core.domain.errors import RetryableError
from core.event_log import EventLog, Member, Partition, Record
from core.lanes import Bounds, Lanes
from core.ports import Clock

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a worker works."""

    bounds: Bounds = field(default_factory=Bounds)
    patience: Patience = field(default_factory=Patience)
    drain_s: float = 20
    """A stopping worker gives the records in hand so long; the rest comes again elsewhere."""
    revoke_s: float = 10
    """The same for partitions that move to another worker."""
    commit_every_s: float = 1
    commit_every: int = 500
    """Records finished; whichever comes first."""
    poll_s: float = 0.5
    poll_records: int = 200
    rest_s: float = 1
    """After the log did not answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Who hears what becomes of records."""

    give_up: Handle | None = None
    """Of each that was put aside, after its dead letter is stored."""
    more: Callable[[Record], None] = lambda record: None
    """Of each that waits behind another of its key; returns at once."""
    ended: Callable[[bytes], None] = lambda key: None
    """Of each key of which nothing is in hand any more; returns at once."""


class Worker:
    """Run it in a task; it ends after `stop`, or at once when cancelled."""

    reading = False
    """Whether it is a member of its group, and the log answered when it was asked last."""
    commit_failures = 0
    revoked = 0
    """Times that partitions were given to others."""
    lost = 0
    """Times that they were others' before we heard of it."""
    _member: Member | None = None
    _paused: frozenset[Partition] = frozenset()
    _uncommitted = 0

    def __init__(  # noqa: PLR0913 - its parts, each by name
        self,
        log: EventLog,
        group: str,
        topic: str,
        handle: Handle,
        clock: Clock,
        *,
        dead_letters: DeadLetters,
        pace: Pace | None = None,
        told: Told | None = None,
        sleep: Sleep = asyncio.sleep,
        chance: Chance = chance,
    ) -> None:
        """Join its parts.

        Workers of one `group` share the `topic`; what cannot be handled goes to `dead_letters`.
        Times are measured by `clock`, passed by `sleep` and spread by `chance`.
        """
        self._log, self._group, self._topic = log, group, topic
        self._clock = clock
        self._pace = pace or Pace()
        self._sleep = sleep
        tries, told = self._pace.patience, told or Told()
        self._attempt = Attempt(
            handle,
            dead_letters,
            clock,
            patience=tries,
            sleep=lambda seconds: self._lanes.rest(sleep(seconds)),
            give_up=told.give_up,
            chance=chance,
        )
        self._lanes = Lanes(
            self._attempt, self._pace.bounds, self._finished, on_more=told.more, on_end=told.ended
        )
        self._stopping = asyncio.Event()
        self._due = asyncio.Event()

    @property
    def outcomes(self) -> Outcomes:
        """What became of the records, counted since the beginning."""
        return self._attempt.outcomes

    @property
    def lanes(self) -> int:
        """Keys with a record in hand or waiting."""
        return self._lanes.keys

    @property
    def unfinished(self) -> int:
        """Records in hand or waiting."""
        return self._lanes.unfinished

    @property
    def paused(self) -> int:
        """Partitions that are not read because too much of theirs is unfinished."""
        return len(self._paused)

    @property
    def oldest_uncommitted_s(self) -> float:
        """Age of the oldest record that is not finished: the alarm to set."""
        oldest = self._lanes.oldest
        return max((self._clock.now() - oldest).total_seconds(), 0.0) if oldest else 0.0

    def has(self, partition: Partition) -> bool:
        """Whether the partition's records come to this worker."""
        return self._member is not None and partition in self._member.assigned()

    async def lag(self) -> Mapping[Partition, int]:
        """Records behind the committed positions of this worker's partitions."""
        return await self._member.lag() if self._member else {}

    def stop(self) -> None:
        """Begin to end: take nothing more, finish what is in hand, commit, leave."""
        self._stopping.set()

    async def run(self) -> None:
        """Work until `stop`."""
        self._member = member = await self._join_unless_stopped()
        if member is None:
            return
        try:
            async with asyncio.TaskGroup() as tasks:
                intake = tasks.create_task(self._take_in(member))
                committing = tasks.create_task(self._commit_often())
                await self._stopping.wait()
                intake.cancel()
                await self._lanes.drain(None, self._pace.drain_s)
                committing.cancel()
        finally:
            await self._lanes_closed_and_left(member)

    async def _join_unless_stopped(self) -> Member | None:
        """The log may be away for hours, and somebody may not want to wait for it."""
        joining = asyncio.create_task(self._join())
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({joining, stopping}, return_when=asyncio.FIRST_COMPLETED)
            return joining.result() if joining.done() else None
        finally:
            joining.cancel()
            stopping.cancel()
            await asyncio.gather(joining, stopping, return_exceptions=True)

    async def _join(self) -> Member:
        while True:
            try:
                return await self._log.join(self._group, [self._topic], self._revoked, self._lost)
            except RetryableError as away:
                self._complain("cannot join", away)
                await self._sleep(self._pace.rest_s)

    async def _take_in(self, member: Member) -> None:
        pace = self._pace
        while True:
            try:
                found = await member.poll(pace.poll_records, pace.poll_s)
                self.reading = True
            except RetryableError as away:
                self.reading = False
                self._complain("cannot read", away)
                await self._sleep(pace.rest_s)
                continue
            assigned = member.assigned()
            for partition, records in found.items():
                if partition in assigned:
                    for record in records:
                        self._lanes.submit(record)
            self._regulate(member)

    def _regulate(self, member: Member) -> None:
        """Pause what has too much unfinished, resume what has room."""
        assigned = member.assigned()
        full = self._lanes.full(assigned, self._paused & assigned)
        if full - self._paused:
            member.pause(tuple(full - self._paused))
        if self._paused - full:
            member.resume(tuple(self._paused - full))
        self._paused = full

    def _finished(self) -> None:
        self._uncommitted += 1
        if self._uncommitted >= self._pace.commit_every:
            self._due.set()
        if self._paused and self._member is not None:
            self._regulate(self._member)

    async def _commit_often(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pace.commit_every_s):
                    await self._due.wait()
            self._lanes.check()
            if self._member is not None:
                await self._commit(self._member)

    async def _commit(self, member: Member) -> None:
        self._due.clear()
        self._uncommitted = 0
        positions = self._lanes.moved()
        if not positions:
            return
        try:
            await member.commit(positions)
        except RetryableError as away:
            self.commit_failures += 1
            self._complain("cannot commit", away)
        else:
            self._lanes.committed(positions)

    async def _revoked(self, partitions: Sequence[Partition]) -> None:
        self.revoked += 1
        try:
            await self._lanes.drain(partitions, self._pace.revoke_s)
            if self._member is not None:
                await self._commit(self._member)
        finally:  # even if there was no time left: these are another's now
            self._lanes.drop(partitions)
            self._paused -= frozenset(partitions)

    def _lost(self, partitions: Sequence[Partition]) -> None:
        self.lost += 1
        self._lanes.forget(partitions)
        self._paused -= frozenset(partitions)

    async def _lanes_closed_and_left(self, member: Member) -> None:
        """Whatever happened: stop the handlers, commit what they finished, and leave."""
        try:
            await self._commit(member)
        finally:
            await self._lanes.close()
            await member.leave()
            self._member = None

    def _complain(self, fact: str, error: Exception) -> None:
        _log.warning(fact, group=self._group, topic=self._topic, error=type(error).__name__)
