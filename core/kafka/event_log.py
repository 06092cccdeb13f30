"""The event log on Apache Kafka: replicated, for more than one machine.

No transactions of Kafka's are used: what a turn does is in Postgres and at the channels, where no
transaction of the log reaches, and the protocol's versions that a Python client speaks have known
faults. At least once in the log, once in effect by the seen mark.

Source: https://jepsen.io/analyses/bufstream-0.1.0
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Self
from weakref import WeakSet

from core.domain.errors import TopicMissing
from core.event_log import EventLog, Lost, NewRecord, Partition, Revoked
from core.kafka.assignor import KeepingAssignor
from core.kafka.brokers import Brokers
from core.kafka.consumer import Consumer, Timing
from core.kafka.member import KafkaMember
from core.kafka.producer import Outgoing, Producer
from core.kafka.topics import TOPICS, Layout, ensure
from core.partitioning import partition_of


class KafkaEventLog(EventLog):
    """Topics of the layout at the brokers; made by `open`."""

    def __init__(
        self, brokers: Brokers, layout: Layout, topics: Sequence[str], timing: Timing
    ) -> None:
        self._brokers = brokers
        self._layout = layout
        self._topics = frozenset(topics)
        self._timing = timing
        self._producer = Producer(brokers, timing.append_s)
        self._members: WeakSet[KafkaMember] = WeakSet()

    @classmethod
    async def open(
        cls,
        brokers: Brokers,
        layout: Layout,
        *,
        topics: Sequence[str] = TOPICS,
        timing: Timing | None = None,
    ) -> Self:
        """Connected, with all topics as they must be.

        Raises:
            SetupError: a topic is otherwise and cannot be changed, or the brokers refuse us.
            LogUnavailable: they do not answer.
        """
        await ensure(brokers, layout, topics)
        return cls(brokers, layout, topics, timing or Timing())

    async def append(self, records: Sequence[NewRecord]) -> None:
        await self._producer.append([self._outgoing(record) for record in records])

    async def join(
        self,
        group: str,
        topics: Sequence[str],
        on_revoked: Revoked | None = None,
        on_lost: Lost | None = None,
    ) -> KafkaMember:
        for topic in topics:
            self._check(topic)
        names = {self._layout.name(topic): topic for topic in topics}
        start = partial(self._consumer, self._layout.name(group), tuple(names))
        member = KafkaMember(names, start, self._timing, on_revoked=on_revoked, on_lost=on_lost)
        await member.enter()
        self._members.add(member)
        return member

    async def close(self) -> None:
        while self._members:
            await self._members.pop().leave()
        await self._producer.close()

    def _consumer(
        self,
        group: str,
        topics: Sequence[str],
        assignor: KeepingAssignor,
        assigned: Callable[[frozenset[Partition]], None],
    ) -> Consumer:
        return Consumer(
            self._brokers,
            group,
            topics,
            timing=self._timing,
            assignor=assignor,
            assigned=assigned,
        )

    def _outgoing(self, record: NewRecord) -> Outgoing:
        self._check(record.topic)
        return (
            self._layout.name(record.topic),
            partition_of(record.key, self._layout.partitions),
            record.key,
            record.value,
            [(name, value.encode()) for name, value in record.headers.items()],
        )

    def _check(self, topic: str) -> None:
        if topic not in self._topics:
            raise TopicMissing(f"there is no topic {topic}")
