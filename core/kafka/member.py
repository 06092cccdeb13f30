"""One consumer of a group of the log on Kafka."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

import structlog

from core.domain.errors import LogStuck, LogUnavailable
from core.event_log import Lost, Member, Partition, Record, Revoked
from core.kafka.assignor import KeepingAssignor
from core.kafka.consumer import Consumer, Timing
from core.kafka.holdings import Held, Holdings
from core.kafka.sharing import Claim

_log = structlog.get_logger(__name__)
Start = Callable[[KeepingAssignor, Callable[[frozenset[Partition]], None]], Consumer]
"""Makes a consumer, not yet started."""


class KafkaMember(Member):
    """Reads the partitions that are its own; made by `KafkaEventLog.join`.

    A round of the group changes nothing for what it keeps: reading goes on where it was. What
    should move is first finished, committed and let go of; see sharing.py. All names of topics
    inside are those at the brokers.
    """

    def __init__(
        self,
        names: Mapping[str, str],
        start: Start,
        timing: Timing,
        *,
        on_revoked: Revoked | None,
        on_lost: Lost | None,
    ) -> None:
        """Join its parts.

        Args:
            names: our name of a topic by its name at the brokers.
            start: makes a consumer, now and whenever the last one is broken.
            timing: see there.
            on_revoked: see `Revoked`.
            on_lost: see `Lost`.
        """
        self._names = names
        self._start = start
        self._timing = timing
        self._on_revoked = on_revoked
        self._on_lost = on_lost
        self._consumer: Consumer | None = None
        self._own = Holdings()
        self._gives: frozenset[Partition] = frozenset()
        self._generation = -1
        self._unknown = False
        self._woken = asyncio.Event()
        self._adopted = asyncio.Event()
        self._giving: set[asyncio.Task[None]] = set()
        self._moved_at = 0.0
        self._rebuilt = False
        self._left = False
        self.rounds = 0
        """Rebalances since the beginning."""

    async def enter(self) -> None:
        """Join the group, and hear for the first time what is ours."""
        consumer = self._start(KeepingAssignor(self._claim, self._shared), self._assigned)
        self._consumer, self._unknown = consumer, False
        self._adopted.clear()
        try:
            await consumer.start()
            await self._adopted.wait()
        except BaseException:
            self._consumer = None
            await consumer.stop()
            raise

    async def poll(
        self, max_records: int, timeout_s: float
    ) -> Mapping[Partition, Sequence[Record]]:
        now = asyncio.get_running_loop().time
        until = now() + timeout_s
        await self._look_after(now())
        while True:
            self._woken.clear()
            if found := self._own.polled(max_records):
                self._moved_at, self._rebuilt = now(), False
                return {self._here(partition): records for partition, records in found.items()}
            left_s = until - now()
            fetched = await self._fetch(max_records, max(left_s, 0.0))
            if not fetched and left_s <= 0:
                return {}

    async def commit(self, positions: Mapping[Partition, int]) -> None:
        known = self._own.all
        forward: dict[Partition, int] = {}
        for partition, to in positions.items():
            held = known.get(self._there(partition))
            if held is not None and (held.committed is None or to > held.committed):
                forward[self._there(partition)] = to
        if not forward:
            return
        if self._consumer is None:
            raise LogUnavailable
        await self._consumer.commit(forward)
        for partition, to in forward.items():
            known[partition].committed = to

    def pause(self, partitions: Sequence[Partition]) -> None:
        there = [self._there(partition) for partition in partitions]
        self._own.paused.update(there)
        if self._consumer is not None:
            self._consumer.pause(there)

    def resume(self, partitions: Sequence[Partition]) -> None:
        there = [self._there(partition) for partition in partitions]
        self._own.paused.difference_update(there)
        if self._consumer is not None:
            self._consumer.resume(there)
        self._woken.set()

    def assigned(self) -> frozenset[Partition]:
        return frozenset(map(self._here, self._own.held))

    async def lag(self) -> Mapping[Partition, int]:
        return {
            self._here(p): await self._behind(p, held) for p, held in (*self._own.held.items(),)
        }

    async def leave(self) -> None:
        if self._left:
            return
        self._left = True
        for giving in self._giving:
            giving.cancel()
        self._own.forget(frozenset(self._own.all))
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            await consumer.stop()

    # --- what the group says ---------------------------------------------------------------

    def _claim(self) -> Claim:
        """What this member holds, as it says when it joins a round."""
        topics = frozenset(self._names)
        if self._consumer is None or self._consumer.generation < 0:
            self._unknown = True  # the group has given what we had to others, or will
            return Claim(topics=topics)
        return Claim(
            topics=topics,
            generation=self._generation,
            holds=frozenset(self._own.all),
        )

    def _shared(self, gives: frozenset[Partition]) -> None:
        self._gives = gives

    def _assigned(self, assigned: frozenset[Partition]) -> None:
        """A round is over: keep, lose, get and give up."""
        if self._consumer is None or self._left:
            return
        self.rounds += 1
        before = frozenset(self._own.all)
        kept = frozenset() if self._unknown else before & assigned
        self._lose(before - kept)
        self._unknown, self._generation = False, self._consumer.generation
        for partition in kept:
            position = self._own.all[partition].position
            if position is not None:
                self._consumer.seek(partition, position)
        for partition in assigned - kept:
            self._own.held[partition] = Held()
        surplus = self._gives & frozenset(self._own.held)
        self._own.give(surplus)
        self._consumer.pause(frozenset(self._own.leaving) | self._own.paused)
        if surplus:
            giving = asyncio.create_task(self._give(surplus))
            self._giving.add(giving)
            giving.add_done_callback(self._giving.discard)
        self._moved_at = asyncio.get_running_loop().time()
        self._adopted.set()
        self._woken.set()

    async def _give(self, surplus: frozenset[Partition]) -> None:
        """Have the work on these finished, then let others have them."""
        if self._on_revoked is not None:
            try:
                async with asyncio.timeout(self._timing.revoke_s):
                    await self._on_revoked([self._here(partition) for partition in surplus])
            except Exception as error:  # noqa: BLE001 - others wait for these, whatever it does
                _log.error("revoking failed", error=type(error).__name__)
        self._own.forget(surplus)
        if self._consumer is not None:
            self._consumer.ask_for_a_round()

    def _lose(self, lost: frozenset[Partition]) -> None:
        """They are others' already."""
        self._own.forget(lost)
        if lost and self._on_lost is not None:
            self._on_lost([self._here(partition) for partition in lost])

    # --- reading ----------------------------------------------------------------------------

    async def _fetch(self, most: int, timeout_s: float) -> bool:
        """Fetch into `ready`; True when there was something."""
        if self._consumer is None:
            raise LogUnavailable
        try:
            fetched = await self._consumer.fetch(most, self._woken, timeout_s)
        except LogUnavailable:
            await self._break_off("it failed")
            raise
        for partition, records in fetched.items():
            if partition in self._own.held:
                self._own.held[partition].keep(self._here(partition), records)
        return bool(fetched)

    async def _behind(self, partition: Partition, held: Held) -> int:
        consumer = self._consumer
        highwater = consumer.highwater(partition) if consumer is not None else None
        if consumer is None or highwater is None:
            return 0
        if held.start is None:
            with suppress(LogUnavailable):
                held.start = await consumer.position(partition)
        done = held.start if held.committed is None else held.committed
        return 0 if done is None else max(highwater - done, 0)

    # --- when it is stuck -------------------------------------------------------------------

    async def _look_after(self, now: float) -> None:
        """Begin again when the consumer does not move although it should and brokers answer.

        Raises:
            LogStuck: a new one did not help.
            LogUnavailable: the brokers do not answer.
        """
        if self._left:
            return
        if self._consumer is None:
            await self.enter()
            return
        if not (self._consumer.overdue(now) or await self._stands_still(now)):
            return
        if not await self._consumer.reaches_brokers():
            return
        if self._rebuilt:
            raise LogStuck
        self._rebuilt = True
        await self._break_off("it stands still")
        await self.enter()

    async def _stands_still(self, now: float) -> bool:
        """Whether nothing came for long, and the brokers have something for us."""
        reading = self._own.wanted
        if self._consumer is None or not reading or now - self._moved_at < self._timing.stuck_s:
            return False
        self._moved_at = now  # ask again after as long
        try:
            ends = await self._consumer.ends(reading)
            more = [end > await self._consumer.position(p) for p, end in ends.items()]
        except LogUnavailable:
            return True
        self._rebuilt &= any(more)
        return any(more)

    async def _break_off(self, why: str) -> None:
        consumer, self._consumer = self._consumer, None
        _log.warning("the consumer is replaced", why=why)
        self._lose(frozenset(self._own.all))
        if consumer is not None:
            await consumer.stop()

    def _here(self, partition: Partition) -> Partition:
        return Partition(self._names[partition.topic], partition.number)

    def _there(self, partition: Partition) -> Partition:
        """By the name at the brokers; one that is not ours stays nobody's."""
        for there, here in self._names.items():
            if here == partition.topic:
                return Partition(there, partition.number)
        return partition
