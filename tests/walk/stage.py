"""A stage on which turns go from one await to the next only when they are told to.

Its workers share a log of two partitions that delivers at least once: it may say things twice, a
worker may vanish at any point, or go on without knowing that its partitions are another's.
"""

import asyncio
from dataclasses import dataclass, field

from core.attempt import Attempt, Patience
from core.clock import SystemClock
from core.domain.ids import ConversationId, CustomerId
from core.domain.messages import Channel, InboundMessage
from core.event_log import Partition, Record
from core.inbound import Inbound
from core.lanes import Bounds, Lanes
from core.postgres.conversations import PostgresConversations
from core.turn.burst import Joining
from core.wire.envelope import Stamp, encode_arrival
from tests.builders import TENANT, an_inbound_message
from tests.fakes.clock import FakeClock
from tests.fakes.dead_letters import RecordingDeadLetters
from tests.fakes.lanes import NOON
from tests.fakes.points import with_points
from tests.fakes.talk import a_walk
from tests.fakes.walk import ScriptedWriter

_JOINING = Joining(most=2, within_s=3600)
_PATIENCE = Patience(turn_s=4, jitter=0)
"""Of a clock that only sleeping moves: the third failure in a row is the last."""


@dataclass(slots=True, eq=False)
class Stop:
    """A turn that waits at a point."""

    turn: int
    """Counted in the order in which lanes began: the same in every run of an example."""
    point: str
    going_on: "asyncio.Future[None]"


@dataclass(slots=True)
class Topic:
    """One partition: what is in it, and how far the group has come."""

    conversation: ConversationId
    partition: Partition
    unsent: list[bytes] = field(default_factory=list)
    """Stored, and still in the outbox."""
    records: list[Record] = field(default_factory=list)
    committed: int = 0
    owner: int = 0
    position: int = 0


class Stage:
    """The workers, the log between them, and who stands where."""

    def __init__(self, store: PostgresConversations) -> None:
        self._store = store
        self._said = 0
        self.free = False
        """Whether nobody stops any more."""
        self._standing: list[Stop] = []
        self._turns: dict[object, int] = {}
        self.lanes: dict[int, Lanes] = {}
        """Of every worker that is alive."""
        self._hired = 0
        self.topics: list[Topic] = []

    @property
    def stops(self) -> list[Stop]:
        """Where turns stand."""
        return sorted(self._standing, key=lambda stop: stop.turn)

    async def open(self) -> None:
        """Two conversations, each in a partition of its own, and two workers."""
        for number in range(2):
            address = str(SystemClock().new_id())
            talk = await self._store.open(TENANT, Channel.WEB, CustomerId("visitor"), address)
            self.topics.append(Topic(talk.id, Partition("inbound", number)))
        self.hire()
        self.hire()

    def hire(self) -> int:
        """One more worker; its number."""
        number = self._hired
        self._hired += 1
        walk = with_points(a_walk(self._store, ScriptedWriter()), self._at)
        inbound = Inbound(walk, lambda turn: None, _JOINING)
        clock = FakeClock()
        attempt = Attempt(
            inbound.handle,
            RecordingDeadLetters(),
            clock,
            patience=_PATIENCE,
            sleep=clock.sleep,
            give_up=inbound.give_up,
        )
        self.lanes[number] = Lanes(attempt, Bounds(), on_more=inbound.more, on_end=inbound.ended)
        return number

    def one_of_them(self, which: int) -> int:
        """A worker that is alive."""
        return sorted(self.lanes)[which % len(self.lanes)]

    async def say(self, topic: Topic, text: str) -> InboundMessage:
        """A customer's message is stored; its record waits to be relayed."""
        self._said += 1
        message = an_inbound_message(topic.conversation, text, event=f"e{self._said}")
        await self.accept(topic, message)
        return message

    async def accept(self, topic: Topic, message: InboundMessage) -> None:
        """The channel brings it, for the first time or again."""
        if (await self._store.accept(message)).fresh:
            topic.unsent.append(arrival_of(message))

    def relay(self, topic: Topic, most: int, *, twice: bool) -> None:
        """Records leave the outbox; where the relay was killed in between, a second time."""
        sent, topic.unsent = topic.unsent[:most], topic.unsent[most:]
        for value in sent * (2 if twice else 1):
            self.append(topic, value)

    def append(self, topic: Topic, value: bytes) -> None:
        """One more record."""
        key = str(topic.conversation).encode()
        topic.records.append(
            Record(
                partition=topic.partition,
                offset=len(topic.records),
                key=key,
                value=value,
                headers={},
                at=NOON,
            )
        )

    def deliver(self, topic: Topic, most: int) -> None:
        """The owner reads on."""
        for record in topic.records[topic.position : topic.position + most]:
            topic.position = record.offset + 1
            self.lanes[topic.owner].submit(record)

    def commit(self, topic: Topic) -> None:
        """The owner says how far it is."""
        lanes = self.lanes[topic.owner]
        position = lanes.moved().get(topic.partition)
        if position is not None:
            topic.committed = max(topic.committed, position)
            lanes.committed({topic.partition: position})

    async def hand_over(self, topic: Topic, to: int) -> None:
        """As the group decided it: what is in hand is cancelled, after a last commit."""
        lanes = self.lanes[topic.owner]
        await lanes.drain([topic.partition], 0)
        self.commit(topic)
        lanes.drop([topic.partition])
        self._assign(topic, to)

    def lose(self, topic: Topic, to: int) -> None:
        """The owner was declared dead and is not: what it has in hand goes on."""
        self.lanes[topic.owner].forget([topic.partition])
        self._assign(topic, to)

    async def kill(self, worker: int) -> None:
        """It ends where it stands; another one begins at what was committed."""
        await self.lanes.pop(worker).close()
        heir = self.hire()
        for topic in self.topics:
            if topic.owner == worker:
                self._assign(topic, heir)

    async def quiet(self) -> None:
        """Until every turn in hand stands at a point."""
        async with asyncio.timeout(60):
            await asyncio.sleep(0)
            while self._moving():
                await asyncio.sleep(0.0002)
        for lanes in self.lanes.values():
            lanes.check()

    async def finish(self) -> None:
        """Everything that was said gets where it should, whoever is left."""
        self.free = True
        for stop in self.stops:
            stop.going_on.set_result(None)
        await self.quiet()
        for lanes in self.lanes.values():
            await lanes.close()
        last = self.hire()
        for topic in self.topics:
            self.relay(topic, len(topic.unsent), twice=False)
            self._assign(topic, last)
            self.deliver(topic, len(topic.records))
        await self.quiet()

    def _assign(self, topic: Topic, to: int) -> None:
        topic.owner = to
        topic.position = topic.committed

    def _moving(self) -> bool:
        """Whether a turn has not come to its next point yet."""
        in_hand = sum(lanes.keys for lanes in self.lanes.values())
        told = any(stop.going_on.done() for stop in self._standing)
        return told or in_hand > len(self._standing)

    async def _at(self, point: str) -> None:
        if self.free:
            return
        turn = self._turns.setdefault(asyncio.current_task(), len(self._turns))
        stop = Stop(turn, point, asyncio.get_running_loop().create_future())
        self._standing.append(stop)
        try:
            await stop.going_on
        finally:
            self._standing.remove(stop)


def arrival_of(message: InboundMessage) -> bytes:
    """The record that says it waits for its turn."""
    clock = SystemClock()
    return encode_arrival(message, Stamp(id=clock.new_id(), at=clock.now()))
