"""One consumer of aiokafka with an end to every wait, and what its owner must know of its inside.

The only module that looks behind aiokafka's public face (0.14): whether the group still knows us,
whether a round is overdue, and how to let go of a consumer that does not stop.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import IllegalStateError
from aiokafka.structs import ConsumerRecord, OffsetAndMetadata

from core.domain.errors import LogUnavailable
from core.event_log import Partition
from core.kafka.assignor import KeepingAssignor
from core.kafka.brokers import Brokers
from core.kafka.connect import end, unavailable, within

_CALL_S = 5.0
_JOIN_S = 60.0
_STOP_S = 10.0
_FETCH_MS = 1_000
_FETCH_BYTES = 8 * 1024 * 1024
_PARTITION_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long is waited for brokers, members and ourselves."""

    session_s: float = 10
    """A member that is not heard of for so long loses its partitions."""
    heartbeat_s: float = 1
    """Also how soon a member hears of a new round."""
    rebalance_s: float = 20
    """A round waits so long for its members."""
    revoke_s: float = 15
    """The owner's work on partitions that move has so long."""
    stuck_s: float = 60
    """Without a step forward although there is something to read."""
    append_s: float = 15
    """After so long without acknowledgement the producer is given up."""


class Consumer(ConsumerRebalanceListener):  # type: ignore[misc]
    """Made for one member and thrown away when it breaks."""

    def __init__(  # noqa: PLR0913 - its parts, each by name
        self,
        brokers: Brokers,
        group: str,
        topics: Sequence[str],
        *,
        timing: Timing,
        assignor: KeepingAssignor,
        assigned: Callable[[frozenset[Partition]], None],
    ) -> None:
        """Join its parts.

        Args:
            brokers: where they are.
            group: the group's name at the brokers.
            topics: their names at the brokers.
            timing: see there.
            assignor: says what is held and hears what should be given up.
            assigned: hears after every round what this member has.
        """
        self._assigned = assigned
        self._topics = topics
        self._timing = timing
        self._fetching: asyncio.Task[Any] | None = None
        self._overdue_since: float | None = None
        self._joining = False
        self._committing = asyncio.Lock()
        self._client = AIOKafkaConsumer(
            **brokers.options(),
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=int(timing.session_s * 1000),
            heartbeat_interval_ms=int(timing.heartbeat_s * 1000),
            rebalance_timeout_ms=int(timing.rebalance_s * 1000),
            fetch_max_bytes=_FETCH_BYTES,
            max_partition_fetch_bytes=_PARTITION_BYTES,
            partition_assignment_strategy=(assignor,),
        )

    async def start(self) -> None:
        """Connect, join the group and hear what is ours.

        Raises:
            LogUnavailable: the brokers do not answer in time.
            SetupError: they refuse us.
        """
        self._client.subscribe(self._topics, listener=self)
        with unavailable():
            await within(_JOIN_S, self._client.start())

    async def stop(self) -> None:
        """Leave the group and close; what does not stop in time is let go of."""
        if not await end(self._client.stop(), _STOP_S):
            await self._abandon()
        fetching, self._fetching = self._fetching, None
        if fetching is not None:
            await end(_result(fetching), 1)
            fetching.cancel()

    async def fetch(
        self, most: int, woken: asyncio.Event, timeout_s: float
    ) -> Mapping[Partition, Sequence[ConsumerRecord[bytes, bytes]]]:
        """New records, or none after the timeout or when woken.

        A call to aiokafka that is not done then goes on and is waited for by the next fetch: it
        must not be cancelled, for its count of readers would never come down.

        Raises:
            LogUnavailable: this consumer is broken for good.
        """
        if self._fetching is None:
            self._fetching = asyncio.create_task(
                self._client.getmany(timeout_ms=_FETCH_MS, max_records=most)
            )
        waking = asyncio.create_task(woken.wait())
        await asyncio.wait(
            {self._fetching, waking}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED
        )
        waking.cancel()
        if not self._fetching.done():
            return {}
        fetched, self._fetching = self._fetching, None
        with unavailable():
            found = fetched.result()
        return {Partition(tp.topic, tp.partition): records for tp, records in found.items()}

    async def commit(self, positions: Mapping[Partition, int]) -> None:
        """Remember these offsets to read next.

        Raises:
            LogUnavailable: they are not known to be remembered.
        """
        offsets = {_tp(p): OffsetAndMetadata(to, "") for p, to in positions.items()}
        async with self._committing:
            if self._joining:
                raise LogUnavailable
            try:
                with unavailable():
                    await within(_CALL_S, self._client.commit(offsets))
            except IllegalStateError as moved:  # a round ended while this call was on its way
                raise LogUnavailable from moved

    def seek(self, partition: Partition, offset: int) -> None:
        """Read on from there."""
        self._client.seek(_tp(partition), offset)

    def pause(self, partitions: Iterable[Partition]) -> None:
        """Fetch no more of these; those that are not ours do not matter."""
        self._client.pause(*self._ours(partitions))

    def resume(self, partitions: Iterable[Partition]) -> None:
        """Fetch them again."""
        self._client.resume(*self._ours(partitions))

    def highwater(self, partition: Partition) -> int | None:
        """The offset behind the last record, as the last fetch was told; None before the first."""
        tp = _tp(partition)
        if tp not in self._client.assignment():
            return None
        found: int | None = self._client.highwater(tp)
        return found

    async def position(self, partition: Partition) -> int:
        """The offset that is read next.

        Raises:
            LogUnavailable: it is not known in time, or the partition is not ours.
        """
        try:
            with unavailable():
                found: int = await within(_CALL_S, self._client.position(_tp(partition)))
        except IllegalStateError as moved:
            raise LogUnavailable from moved
        return found

    async def ends(self, partitions: Iterable[Partition]) -> Mapping[Partition, int]:
        """The offsets behind the last records; slow, for the question waits behind a fetch.

        Raises:
            LogUnavailable: they do not say so in time.
        """
        with unavailable():
            found = await within(_CALL_S, self._client.end_offsets(self._ours(partitions)))
        return {Partition(tp.topic, tp.partition): end for tp, end in found.items()}

    async def reaches_brokers(self) -> bool:
        """Whether any broker answers now."""
        try:
            with unavailable():
                await within(_CALL_S, self._client._client.fetch_all_metadata())
        except LogUnavailable:
            return False
        return True

    @property
    def generation(self) -> int:
        """The round in which the group knows us; negative when it does not."""
        coordinator = self._client._coordinator
        return -1 if coordinator is None else int(coordinator.generation)

    def ask_for_a_round(self) -> None:
        """Have the partitions shared anew."""
        self._client._coordinator.request_rejoin()

    def overdue(self, now: float) -> bool:
        """Whether a round that was asked for has not come about for too long."""
        coordinator = self._client._coordinator
        waits = coordinator is not None and coordinator._rejoin_needed_fut.done()
        if not waits or coordinator.coordinator_id is None:
            self._overdue_since = None
            return False
        self._overdue_since = self._overdue_since or now
        return now - self._overdue_since > 2 * self._timing.rebalance_s

    async def on_partitions_revoked(self, revoked: object) -> None:
        """Let no commit on its way during the round that begins; what is kept goes on.

        Brokers answer the requests of a connection one after the other. A commit behind the wish
        to join would be answered after the round, as one of an old generation; aiokafka would
        forget who we are and ask for another round, and the next commit would fall into that.
        """
        self._joining = True
        async with self._committing:
            pass

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Pass on what is ours after a round."""
        self._joining = False
        self._assigned(frozenset(Partition(tp.topic, tp.partition) for tp in assigned))

    def _ours(self, partitions: Iterable[Partition]) -> list[TopicPartition]:
        assigned = self._client.assignment()
        return [tp for tp in map(_tp, partitions) if tp in assigned]

    async def _abandon(self) -> None:
        """End what a stop that hangs has left running."""
        coordinator, fetcher = self._client._coordinator, self._client._fetcher
        tasks = [
            coordinator and coordinator._coordination_task,
            coordinator and coordinator._heartbeat_task,
            coordinator and coordinator._commit_refresh_task,
            fetcher and fetcher._fetch_task,
            *(fetcher._pending_tasks if fetcher else ()),
        ]
        running = [task for task in tasks if task]
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=1)
        await end(self._client._client.close(), 1)


async def _result(task: asyncio.Task[Any]) -> None:
    await asyncio.wait([task])
    if not task.cancelled():
        task.exception()


def _tp(partition: Partition) -> TopicPartition:
    return TopicPartition(partition.topic, partition.number)
