"""A handler that waits for the test, and records to run through lanes."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from core.event_log import Partition, Record
from core.lanes import Lanes

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
ZERO = Partition("inbound", 0)
ONE = Partition("inbound", 1)


def a_record(key: str = "a", offset: int = 0, partition: Partition = ZERO) -> Record:
    return Record(
        partition=partition,
        offset=offset,
        key=key.encode(),
        value=b"",
        headers={},
        at=NOON + timedelta(seconds=offset),
    )


@dataclass
class Gate:
    """A handler whose records finish when the test says so."""

    waiting: dict[tuple[bytes, int], asyncio.Future[None]] = field(default_factory=dict)
    done: list[Record] = field(default_factory=list)
    cancelled: list[Record] = field(default_factory=list)
    busy: set[bytes] = field(default_factory=set)
    most: int = 0

    async def handle(self, record: Record) -> None:
        with self._alone(record):
            future = asyncio.get_running_loop().create_future()
            self.waiting[record.key, record.offset] = future
            try:
                await future
            except asyncio.CancelledError:
                self.cancelled.append(record)
                raise
            finally:
                del self.waiting[record.key, record.offset]
            self.done.append(record)

    @contextmanager
    def _alone(self, record: Record) -> Iterator[None]:
        assert record.key not in self.busy, "two records of one key at once"
        self.busy.add(record.key)
        self.most = max(self.most, len(self.busy))
        try:
            yield
        finally:
            self.busy.discard(record.key)

    def finish(self, nth: int) -> None:
        keys = sorted(self.waiting)
        if keys:
            future = self.waiting[keys[nth % len(keys)]]
            if not future.done():
                future.set_result(None)


async def turns(count: int = 4) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def finish_all(gate: Gate, lanes: Lanes) -> None:
    for _ in range(2_000):
        gate.finish(0)
        await asyncio.sleep(0)
        if not (lanes.unfinished or lanes.keys):
            return
    raise AssertionError("a lane does not move")
