"""What every Live backend does: told here, heard everywhere, merged for the slow."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer

from core.domain.conversation import Agent, Bot, Queue
from core.domain.events import Delta, LiveEvent, OwnerChanged, Stored, Typing
from core.domain.ids import AgentId, ConversationId, TurnId
from core.domain.messages import Author, Message
from core.kafka.brokers import Brokers
from core.kafka.live import KafkaLive
from core.kafka.topics import LIVE, Layout, ensure
from core.ports import Live
from core.postgres.database import Database
from core.postgres.live import PostgresLive
from core.postgres.signals import Signals
from core.telemetry.following import followed
from tests.builders import NOON

BACKENDS = ["postgres", pytest.param("kafka", marks=pytest.mark.kafka)]
HERE = ConversationId(uuid4())
ELSEWHERE = ConversationId(uuid4())
TURN = TurnId(uuid4())
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
async def postgres_processes(database: Database) -> AsyncIterator[tuple[Live, Live]]:
    signals = [await Signals.open(database), await Signals.open(database)]
    lives = [await PostgresLive.open(each) for each in signals]
    async with asyncio.timeout(20):
        while signals[0].alone:  # until it has heard the newcomer's greeting
            await asyncio.sleep(0.01)
    yield lives[0], lives[1]
    for live, each in zip(lives, signals, strict=True):
        await live.close()
        await each.close()


@pytest.fixture
async def kafka_processes(kafka: str) -> AsyncIterator[tuple[Live, Live]]:
    brokers, layout = Brokers(bootstrap=kafka), Layout(prefix=f"{uuid4().hex}.", replication=1)
    await ensure(brokers, layout, [LIVE])
    first, second = await KafkaLive.open(brokers, layout), await KafkaLive.open(brokers, layout)
    yield first, second
    await first.close()
    await second.close()


@pytest.fixture(params=BACKENDS)
def processes(request: pytest.FixtureRequest) -> tuple[Live, Live]:
    """Two processes of one service."""
    found: tuple[Live, Live] = request.getfixturevalue(f"{request.param}_processes")
    return found


def a_delta(text: str, turn: TurnId = TURN, at: int = 0) -> Delta:
    return Delta(conversation=HERE, turn=turn, text=text, at=at)


EVENTS: list[LiveEvent] = [
    a_delta("Parcels, “überall” 包裹\n"),
    Typing(conversation=HERE, author=Author.AGENT),
    Stored(conversation=HERE, seq=7),
    OwnerChanged(conversation=HERE, owner=Queue(), epoch=1),
    OwnerChanged(conversation=HERE, owner=Agent(AgentId(uuid4())), epoch=2),
    OwnerChanged(conversation=HERE, owner=Bot(), epoch=3),
]


@pytest.mark.parametrize("listener", [0, 1], ids=["same process", "another process"])
async def test_what_is_told_is_heard_in_order(processes, listener: int) -> None:
    async with processes[listener].listen(HERE) as listening:
        for event in EVENTS:
            processes[0].tell(event)

        assert [await listening.next(5) for _ in EVENTS] == EVENTS


async def test_nothing_told_is_nothing_heard(processes) -> None:
    async with processes[0].listen(HERE) as listening:
        assert await listening.next(0.01) is None


async def test_only_the_conversation_that_is_listened_to_is_heard(processes) -> None:
    async with processes[1].listen(HERE) as listening:
        processes[0].tell(Stored(conversation=ELSEWHERE, seq=1))
        processes[0].tell(Stored(conversation=HERE, seq=2))

        assert await listening.next(5) == Stored(conversation=HERE, seq=2)


@pytest.mark.parametrize("listener", [0, 1], ids=["same process", "another process"])
async def test_who_overhears_hears_every_conversation_apart(processes, listener: int) -> None:
    async with processes[listener].overhear() as listening:
        for event in (Typing(conversation=HERE, author=Author.AGENT), *EVENTS):
            processes[0].tell(replace(event, conversation=ELSEWHERE))
            processes[0].tell(event)

        heard = [await listening.next(5) for _ in range(2 * len(EVENTS) + 2)]

    # those of two conversations may change places on the way, those of one never
    for conversation in (HERE, ELSEWHERE):
        own = [event for event in heard if event and event.conversation == conversation]
        assert [type(event) for event in own] == [Typing, *map(type, EVENTS)]


async def test_two_listeners_hear_the_same(processes) -> None:
    async with processes[0].listen(HERE) as first, processes[0].listen(HERE) as second:
        processes[0].tell(a_delta("a"))

        assert await first.next(5) == await second.next(5) == a_delta("a")


async def test_a_process_hears_its_own_words_once(processes) -> None:
    async with processes[0].listen(HERE) as listening, processes[1].listen(HERE) as far:
        processes[0].tell(Stored(conversation=HERE, seq=1))
        await far.next(5)

        assert await listening.next(5) == Stored(conversation=HERE, seq=1)
        assert await listening.next(0.05) is None


async def test_neighbouring_deltas_of_a_turn_reach_a_slow_listener_as_one(processes) -> None:
    async with processes[0].listen(HERE) as listening:
        for n in range(20_000):
            processes[0].tell(a_delta(str(n % 10), at=n))

        heard = await listening.next(5)

    assert isinstance(heard, Delta)
    assert heard.text == "0123456789" * 2_000


async def test_a_delta_that_does_not_follow_stays_apart(processes) -> None:
    async with processes[1].listen(HERE) as listening:
        for delta in (a_delta("ab"), a_delta("c", at=2), a_delta("e", at=4)):
            processes[0].tell(delta)

        heard = []
        while not heard or heard[-1] != a_delta("e", at=4):
            heard.append(await listening.next(5))
        assert "".join(delta.text for delta in heard[:-1]) == "abc"


async def test_deltas_of_two_turns_stay_apart(processes) -> None:
    other = TurnId(uuid4())
    async with processes[0].listen(HERE) as listening:
        processes[0].tell(a_delta("a"))
        processes[0].tell(a_delta("b", other))

        assert [await listening.next(5), await listening.next(5)] == [
            a_delta("a"),
            a_delta("b", other),
        ]


async def test_of_many_stored_messages_the_last_is_heard(processes) -> None:
    async with processes[0].listen(HERE) as listening:
        for seq in (1, 3, 2):
            processes[0].tell(Stored(conversation=HERE, seq=seq))

        assert await listening.next(5) == Stored(conversation=HERE, seq=3)


@pytest.mark.parametrize("text", ["x" * 30_000, "包" * 10_000, "\x01" * 9_000], ids=len)
async def test_a_delta_of_any_length_arrives_whole(processes, text: str) -> None:
    async with processes[1].listen(HERE) as listening:
        processes[0].tell(a_delta(text))
        heard = ""
        while len(heard) < len(text):
            event = await listening.next(5)
            assert isinstance(event, Delta)
            heard += event.text

    assert heard == text


async def test_stored_messages_that_follow_one_another_are_heard_together(processes) -> None:
    def stored(seq: int) -> Stored:
        message = Message(conversation=HERE, seq=seq, author=Author.BOT, text=str(seq), at=NOON)
        return Stored(conversation=HERE, seq=seq, messages=(message,))

    async with processes[0].listen(HERE) as near, processes[1].listen(HERE) as far:
        processes[0].tell(stored(4))
        processes[0].tell(stored(5))
        heard = await near.next(5)

        assert isinstance(heard, Stored)
        assert [message.seq for message in heard.messages] == [4, 5]
        assert await far.next(5) == Stored(conversation=HERE, seq=5)


async def test_a_stored_message_behind_a_gap_is_left_to_be_read(processes) -> None:
    async with processes[0].listen(HERE) as listening:
        processes[0].tell(Stored(conversation=HERE, seq=4))
        processes[0].tell(Stored(conversation=HERE, seq=6))

        assert await listening.next(5) == Stored(conversation=HERE, seq=6)


async def test_listening_ends_with_its_context(processes) -> None:
    async with processes[0].listen(HERE) as listening:
        pass

    processes[0].tell(a_delta("late"))

    assert await listening.next(0.01) is None


@pytest.mark.kafka
async def test_a_record_of_live_signs_says_whose_turn_they_tell_of(kafka: str) -> None:
    brokers, layout = Brokers(bootstrap=kafka), Layout(prefix=f"{uuid4().hex}.", replication=1)
    await ensure(brokers, layout, [LIVE])
    live = await KafkaLive.open(brokers, layout)
    with followed(TRACE):
        live.tell(a_delta("a"))
        live.tell(a_delta("b", at=1))
    live.tell(Stored(conversation=HERE, seq=1))

    consumer = AIOKafkaConsumer(
        layout.name(LIVE), bootstrap_servers=kafka, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        found = [await asyncio.wait_for(consumer.getone(), 30) for _ in range(2)]
    finally:
        await consumer.stop()
        await live.close()
    told = [json.loads(record.value) for record in found]

    assert [one[3:] for one in told] == [[TRACE], []]
    assert [len(one[2]) for one in told] == [2, 1]
