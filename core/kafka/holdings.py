"""What a member of a group has: its partitions, how far each was fetched, what is not polled."""

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiokafka.structs import ConsumerRecord

from core.event_log import Partition, Record


@dataclass(slots=True)
class Held:
    """A partition's assignment; the next assignment is another object."""

    position: int | None = None
    """The offset to be fetched next; None until something was fetched."""
    start: int | None = None
    """Where reading began."""
    committed: int | None = None
    ready: deque[Record] = field(default_factory=deque)
    """Fetched and not yet polled."""

    def keep(self, partition: Partition, records: Sequence[ConsumerRecord[bytes, bytes]]) -> None:
        """Make these ready, as records of the partition by our name for it."""
        for record in records:
            if self.position is not None and record.offset < self.position:
                continue  # fetched once more after a round
            if self.start is None:
                self.start = record.offset
            self.position = record.offset + 1
            self.ready.append(_record(partition, record))


class Holdings:
    """Partitions by their names at the brokers."""

    def __init__(self) -> None:
        self.held: dict[Partition, Held] = {}
        """Those that are read."""
        self.leaving: dict[Partition, Held] = {}
        """Those whose work is being finished, for others to have them."""
        self.paused: set[Partition] = set()

    @property
    def all(self) -> Mapping[Partition, Held]:
        """Both kinds; positions of all of them may be committed."""
        return self.leaving | self.held

    @property
    def wanted(self) -> list[Partition]:
        """Those of which more is wanted."""
        return [partition for partition in self.held if partition not in self.paused]

    def give(self, surplus: Collection[Partition]) -> None:
        """Read no more of these; what was not polled is for others."""
        for partition in surplus:
            self.leaving[partition] = self.held.pop(partition)
            self.leaving[partition].ready.clear()

    def forget(self, partitions: Collection[Partition]) -> None:
        """They are ours no more."""
        for partition in partitions:
            self.held.pop(partition, None)
            self.leaving.pop(partition, None)
        self.paused.difference_update(partitions)

    def polled(self, most: int) -> dict[Partition, list[Record]]:
        """What is ready, of each partition in turn so that none is always the last."""
        found: dict[Partition, list[Record]] = {}
        for partition in self.wanted:
            held = self.held[partition]
            count = min(most, len(held.ready))
            if count > 0:
                found[partition] = [held.ready.popleft() for _ in range(count)]
                most -= count
                self.held[partition] = self.held.pop(partition)  # to the end of the queue
        return found


def _record(partition: Partition, record: ConsumerRecord[bytes, bytes]) -> Record:
    return Record(
        partition=partition,
        offset=record.offset,
        key=record.key or b"",
        value=record.value or b"",
        headers={name: (value or b"").decode(errors="replace") for name, value in record.headers},
        at=datetime.fromtimestamp(record.timestamp / 1000, UTC),
    )
