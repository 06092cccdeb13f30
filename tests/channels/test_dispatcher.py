"""Stored messages on their way out, and the ledger of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from channels.contract import Delivers, Note, Receipt
from channels.dispatcher import Dispatcher
from channels.outgoing import CustomerGone
from channels.postgres.deliveries import PostgresDeliveries
from channels.web.protocol import Say
from core.domain.errors import DeliveryDelayed, DeliveryRefused, UndecodableRecord
from core.domain.events import MessageSent, Stored
from core.domain.ids import ConversationId
from core.event_log import Partition, Record
from core.postgres.signals import Signals
from core.wire.envelope import Stamp, encode_sent
from tests.builders import TENANT
from tests.channels.kit import Service, hello, messages, send

pytestmark = pytest.mark.slow  # many connections: not for make quick


class ScriptedChannel(Delivers):
    """Does what it is told, in order, and keeps what it was given."""

    reconcile = None

    def __init__(self, *outcomes: Receipt | Exception) -> None:
        self._outcomes = list(outcomes)
        self.given: list[Receipt] = []

    async def deliver(self, sent: MessageSent, before: Receipt, note: Note) -> Receipt:
        self.given.append(before)
        outcome = self._outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def a_record(conversation: ConversationId, seq: int, channel: str) -> Record:
    stamp = Stamp(id=uuid4(), at=datetime(2026, 6, 1, tzinfo=UTC))
    return Record(
        partition=Partition("outbound", 0),
        offset=0,
        key=str(conversation).encode(),
        value=encode_sent(TENANT, conversation, channel, stamp),
        headers={"seq": str(seq)},
        at=stamp.at,
    )


@pytest.fixture
async def answered(service: Service) -> ConversationId:
    async with service.socket() as socket:
        begun = await hello(socket)
        await send(socket, Say(client_id="1", text="Where?"))
        await messages(socket, 2)
    return ConversationId(begun.conversation)


@pytest.fixture
async def ledger(service: Service) -> AsyncIterator[PostgresDeliveries]:
    signals = await Signals.open(service.database)
    yield PostgresDeliveries(service.database, signals)
    await signals.close()


async def rows(service: Service) -> list[tuple]:
    async with service.database.as_service() as connection:
        found = await connection.fetch(
            "SELECT seq, channel, state, attempts, native_ids FROM deliveries ORDER BY seq"
        )
    return [tuple(row) for row in found]


async def test_who_reads_the_transcript_is_woken_and_marked_once(
    service: Service, ledger, answered
) -> None:
    dispatcher = Dispatcher(service.live, ledger)
    async with service.live.listen(answered) as listening:
        for _ in range(2):
            await dispatcher.deliver(a_record(answered, 2, "web"))
        heard = await listening.next(5)

    assert heard == Stored(conversation=answered, seq=2)
    assert await rows(service) == [(2, "web", "delivered", 1, "[]")]


async def test_many_deliveries_at_once_are_all_marked(service: Service, ledger, answered) -> None:
    dispatcher = Dispatcher(service.live, ledger)
    records = [a_record(answered, 1 + n % 2, "web") for n in range(100)]

    await asyncio.gather(*(dispatcher.deliver(record) for record in records))

    assert [row[0] for row in await rows(service)] == [1, 2]


async def test_a_delivery_that_was_given_up_on_does_not_hold_the_others(
    service: Service, ledger, answered
) -> None:
    dispatcher = Dispatcher(service.live, ledger)
    doomed = asyncio.create_task(dispatcher.deliver(a_record(answered, 1, "web")))
    await asyncio.sleep(0)
    doomed.cancel()

    await dispatcher.deliver(a_record(answered, 2, "web"))

    assert 2 in [row[0] for row in await rows(service)]


async def test_an_erased_conversation_leaves_no_mark(service: Service, ledger) -> None:
    await Dispatcher(service.live, ledger).deliver(a_record(ConversationId(uuid4()), 1, "web"))

    assert await rows(service) == []


async def test_a_pushed_message_is_sent_once(service: Service, ledger, answered) -> None:
    slack = ScriptedChannel(Receipt(native_ids=("17.1",)))
    repeated: list[None] = []
    dispatcher = Dispatcher(
        service.live, ledger, {"slack": slack}, again=lambda: repeated.append(None)
    )

    for _ in range(2):
        await dispatcher.deliver(a_record(answered, 2, "slack"))

    assert slack.given == [Receipt()]
    assert len(repeated) == 1
    assert await rows(service) == [(2, "slack", "delivered", 1, '["17.1"]')]


async def test_a_delayed_message_is_tried_again(service: Service, ledger, answered) -> None:
    slack = ScriptedChannel(DeliveryDelayed(3), Receipt(native_ids=("17.1",)))
    dispatcher = Dispatcher(service.live, ledger, {"slack": slack})

    with pytest.raises(DeliveryDelayed):
        await dispatcher.deliver(a_record(answered, 2, "slack"))
    await dispatcher.deliver(a_record(answered, 2, "slack"))

    assert await rows(service) == [(2, "slack", "delivered", 2, '["17.1"]')]


async def test_a_refused_message_is_not_tried_again(service: Service, ledger, answered) -> None:
    slack = ScriptedChannel(DeliveryRefused())
    dispatcher = Dispatcher(service.live, ledger, {"slack": slack})

    with pytest.raises(DeliveryRefused):
        await dispatcher.deliver(a_record(answered, 2, "slack"))
    await dispatcher.deliver(a_record(answered, 2, "slack"))

    assert await rows(service) == [(2, "slack", "refused", 1, "[]")]


async def test_a_customer_who_is_gone_is_nobodys_work(service: Service, ledger, answered) -> None:
    slack = ScriptedChannel(CustomerGone())
    dispatcher = Dispatcher(service.live, ledger, {"slack": slack})

    for _ in range(2):
        await dispatcher.deliver(a_record(answered, 2, "slack"))

    assert await rows(service) == [(2, "slack", "refused", 1, "[]")]
    assert len(slack.given) == 1


async def test_nothing_is_shown_beside_a_delivery(service: Service, ledger, answered) -> None:
    slack, told = ScriptedChannel(Receipt(native_ids=("17.1",))), []

    @asynccontextmanager
    async def still(conversation: ConversationId) -> AsyncIterator[None]:
        told.append((conversation, len(slack.given)))
        yield
        told.append((conversation, len(slack.given)))

    dispatcher = Dispatcher(service.live, ledger, {"slack": slack}, still=still)
    await dispatcher.deliver(a_record(answered, 2, "slack"))

    assert told == [(answered, 0), (answered, 1)]


async def test_a_channel_that_is_not_connected_refuses(service: Service, ledger, answered) -> None:
    with pytest.raises(DeliveryRefused):
        await Dispatcher(service.live, ledger).deliver(a_record(answered, 2, "telegram"))


async def test_what_nobody_can_read_is_told_by_kind(service: Service, ledger, answered) -> None:
    record = a_record(answered, 2, "web")
    broken = Record(
        partition=record.partition,
        offset=0,
        key=record.key,
        value=b"{}",
        headers=record.headers,
        at=record.at,
    )

    with pytest.raises(UndecodableRecord):
        await Dispatcher(service.live, ledger).deliver(broken)
