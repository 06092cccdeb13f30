"""Lanes: one record of a key at a time, many keys at once. No I/O."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from core.event_log import Partition, Record

Handle = Callable[[Record], Awaitable[None]]
"""Handles one record and settles itself what goes wrong: it must not raise."""


class Watermark:
    """The lowest unfinished offset of one assignment of a partition.

    It remembers the offsets that came, so gaps in the log do no harm.
    """

    __slots__ = ("_done", "_pending", "closing", "committed", "position", "unfinished")

    def __init__(self) -> None:
        self._pending: deque[tuple[int, datetime]] = deque()
        self._done: set[int] = set()
        self.unfinished = 0
        self.position: int | None = None
        """What may be committed: all below is finished. None before the first finish."""
        self.committed: int | None = None
        self.closing = False
        """Nothing more of it is begun."""

    @property
    def ahead(self) -> int:
        """Records finished above the lowest unfinished one: a crash brings them again."""
        return len(self._done)

    @property
    def oldest(self) -> datetime | None:
        """When the lowest unfinished record was appended."""
        return self._pending[0][1] if self._pending else None

    def begin(self, offset: int, at: datetime) -> None:
        """Take note of a record; they come in the order of their offsets."""
        self._pending.append((offset, at))
        self.unfinished += 1

    def finish(self, offset: int) -> None:
        """A record is done with, in whatever order."""
        pending, done = self._pending, self._done
        self.unfinished -= 1
        done.add(offset)
        while pending and pending[0][0] in done:
            first, _ = pending.popleft()
            done.discard(first)
            self.position = first + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much is in memory and at work at once."""

    at_once: int = 200
    """Keys handled at the same time; one that rests between two tries does not count."""
    in_all: int = 1_000
    """Unfinished records; above it every partition is full."""
    per_partition: int = 200
    """Unfinished records of one partition."""
    ahead: int = 2_000
    """Records of one partition that may be finished while an earlier one is not."""


@dataclass(slots=True)
class _Item:
    record: Record
    mark: Watermark


class Lanes:
    """Runs records through `handle`, in order for each key.

    A partition's assignment is its Watermark. Dropping a partition forgets the mark, so what
    finishes later for an older assignment moves nothing.
    """

    def __init__(
        self,
        handle: Handle,
        bounds: Bounds,
        on_finish: Callable[[], None] = lambda: None,
        *,
        on_more: Callable[[Record], None] = lambda record: None,
        on_end: Callable[[bytes], None] = lambda key: None,
    ) -> None:
        """Join its parts; the callbacks return at once and never raise.

        Args:
            handle: does one record's work.
            bounds: how much at once.
            on_finish: called after each record.
            on_more: called with each record that has to wait behind another of its key.
            on_end: called with a key of which nothing is in hand any more.
        """
        self._handle = handle
        self._bounds = bounds
        self._on_finish = on_finish
        self._on_more = on_more
        self._on_end = on_end
        self._room = asyncio.Semaphore(bounds.at_once)
        self._lanes: dict[bytes, deque[_Item]] = {}
        self._tasks: dict[bytes, asyncio.Task[None]] = {}
        self._working: dict[asyncio.Task[None] | None, Watermark] = {}
        self._marks: dict[Partition, Watermark] = {}
        self._progress = asyncio.Event()
        self._failure: BaseException | None = None

    @property
    def keys(self) -> int:
        """Keys that have a record in hand or waiting."""
        return len(self._lanes)

    @property
    def unfinished(self) -> int:
        """Records in hand or waiting, of the partitions that are assigned."""
        return sum(mark.unfinished for mark in self._marks.values())

    @property
    def oldest(self) -> datetime | None:
        """When the oldest unfinished record was appended."""
        return min((m.oldest for m in self._marks.values() if m.oldest), default=None)

    def submit(self, record: Record) -> None:
        """Queue a record behind what its key already has."""
        mark = self._marks.get(record.partition)
        if mark is None:
            mark = self._marks[record.partition] = Watermark()
        mark.begin(record.offset, record.at)
        item = _Item(record, mark)
        lane = self._lanes.get(record.key)
        if lane is not None:
            lane.append(item)
            self._on_more(record)
            return
        self._start(record.key, deque([item]))

    def full(
        self, partitions: Collection[Partition], already: Collection[Partition]
    ) -> frozenset[Partition]:
        """Which of these should be paused; one that is already stays so until half is free."""
        bounds = self._bounds
        crowded = bool(already) and len(already) == len(partitions)
        if self.unfinished >= (bounds.in_all // 2 if crowded else bounds.in_all):
            return frozenset(partitions)
        return frozenset(p for p in partitions if self._is_full(p, p in already))

    def moved(self) -> Mapping[Partition, int]:
        """Positions that may be committed and have not been."""
        return {
            partition: mark.position
            for partition, mark in self._marks.items()
            if mark.position is not None and mark.position != mark.committed
        }

    def committed(self, positions: Mapping[Partition, int]) -> None:
        """Take note that these are."""
        for partition, position in positions.items():
            if partition in self._marks:
                self._marks[partition].committed = position

    async def drain(self, partitions: Collection[Partition] | None, budget_s: float) -> bool:
        """Begin nothing more of these (None: of all), and wait for what is at work.

        What waits, or rests before another try, comes again for whoever is next.

        Returns:
            False when the budget was over first.
        """
        for mark in self._of(partitions):
            mark.closing = True
        with suppress(TimeoutError):
            async with asyncio.timeout(budget_s):
                while self._busy(partitions):
                    self._progress.clear()
                    await self._progress.wait()
        return not self._busy(partitions)

    def drop(self, partitions: Collection[Partition]) -> None:
        """Forget these: what waits is never handled here, what is in hand is cancelled."""
        gone = {id(self._marks.pop(p)) for p in partitions if p in self._marks}
        for key, lane in self._lanes.items():
            if lane and id(lane[0].mark) in gone:
                self._tasks[key].cancel()
        self._progress.set()

    def forget(self, partitions: Collection[Partition]) -> None:
        """As `drop`, but what is in hand may end: its records are others' now, or come again.

        Whoever is first to store a turn wins, and this one has a start.
        """
        for partition in partitions:
            self._marks.pop(partition, None)
        self._progress.set()

    async def rest(self, wait: Awaitable[None]) -> None:
        """Wait inside a handler, whose room others may use meanwhile."""
        mark = self._pause()
        await wait
        if mark is not None:
            await self._begin(mark)

    def check(self) -> None:
        """Raise what `handle` raised, if it did what it must not."""
        if self._failure is not None:
            raise self._failure

    async def close(self) -> None:
        """Cancel what is in hand; nothing runs any more after it."""
        self._marks.clear()
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, key: bytes, lane: deque[_Item]) -> None:
        self._lanes[key] = lane
        task = self._tasks[key] = asyncio.create_task(self._run(lane))
        task.add_done_callback(lambda ended: self._ended(key, ended))

    async def _run(self, lane: deque[_Item]) -> None:
        while lane:
            item = lane[0]
            await self._begin(item.mark)
            try:
                if not self._wanted(item):
                    return
                await self._handle(item.record)
            finally:
                self._pause()
            lane.popleft()
            item.mark.finish(item.record.offset)
            self._on_finish()

    async def _begin(self, mark: Watermark) -> None:
        await self._room.acquire()
        self._working[asyncio.current_task()] = mark

    def _pause(self) -> Watermark | None:
        """Give the room back, if the task that calls this has it."""
        mark = self._working.pop(asyncio.current_task(), None)
        if mark is not None:
            self._room.release()
            self._progress.set()
        return mark

    def _ended(self, key: bytes, task: asyncio.Task[None]) -> None:
        """The lane is empty, or its first record was dropped and the key may be back already."""
        lane = self._lanes.pop(key)
        del self._tasks[key]
        self._on_end(key)
        if not task.cancelled():
            self._failure = task.exception() or self._failure
        left = deque(item for item in lane if self._wanted(item))
        if left and self._failure is None:
            self._start(key, left)

    def _wanted(self, item: _Item) -> bool:
        """Whether its partition is still assigned as it was, and not about to be given up."""
        return self._marks.get(item.record.partition) is item.mark and not item.mark.closing

    def _of(self, partitions: Collection[Partition] | None) -> list[Watermark]:
        if partitions is None:
            return list(self._marks.values())
        return [self._marks[p] for p in partitions if p in self._marks]

    def _busy(self, partitions: Collection[Partition] | None) -> bool:
        at_work = {id(mark) for mark in self._working.values()}
        return any(id(mark) in at_work for mark in self._of(partitions))

    def _is_full(self, partition: Partition, already: bool) -> bool:
        mark = self._marks.get(partition)
        if mark is None:
            return False
        divisor = 2 if already else 1
        bounds = self._bounds
        return (
            mark.unfinished >= bounds.per_partition // divisor
            or mark.ahead >= bounds.ahead // divisor
        )
