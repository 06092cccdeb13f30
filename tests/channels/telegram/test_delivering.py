"""Dispatchers that bring answers to Telegram, with the real ledger between their tries."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from uuid import uuid4

import pytest

from channels.answers import Told
from channels.dispatcher import Dispatcher
from channels.places import Place
from channels.postgres.answers import PostgresAnswers
from channels.postgres.deliveries import PostgresDeliveries
from core.domain.errors import DeliveryDelayed, DeliveryRefused, DeliveryUnknown
from core.domain.events import MessageSent
from core.domain.ids import TurnId
from core.event_log import Partition, Record
from core.postgres.signals import Signals
from core.wire.envelope import Stamp, encode_sent
from tests.builders import NOON, TENANT
from tests.channels.telegram.kit import Kit
from tests.fakes.live import LocalLive
from tests.fakes.telegram_faults import How

GROUP = -500
TURN = TurnId(uuid4())
Process = Callable[[], Awaitable["One"]]


class One:
    """A dispatcher in a process of its own."""

    def __init__(self, kit: Kit, signals: Signals) -> None:
        self.resolved: list[str] = []
        self.signals = signals
        self.channel = kit.a_channel()
        self.dispatcher = Dispatcher(
            LocalLive(),
            PostgresDeliveries(kit.database, signals, call=timedelta(0)),
            {"telegram": self.channel},
            count=lambda channel, resolved: self.resolved.append(resolved),
        )

    async def brings(self, sent: MessageSent) -> None:
        stamp = Stamp(id=uuid4(), at=NOON)
        await self.dispatcher.deliver(
            Record(
                partition=Partition("outbound", 0),
                offset=sent.seq,
                key=str(sent.conversation).encode(),
                value=encode_sent(TENANT, sent.conversation, "telegram", stamp),
                headers={"seq": str(sent.seq)},
                at=stamp.at,
            )
        )


@pytest.fixture
async def process(kit: Kit) -> AsyncIterator[Process]:
    async with AsyncExitStack() as closing:

        async def begin() -> One:
            signals = await Signals.open(kit.database)
            closing.push_async_callback(signals.close)
            return One(kit, signals)

        yield begin


@pytest.fixture
async def group(kit: Kit) -> Place:
    return await kit.asks("@shop_bot Hello?", GROUP)


async def test_a_message_is_brought_once_however_often_its_record_comes(
    kit: Kit, group: Place, process: Process
) -> None:
    sent, one = await kit.answered(group, "In two days."), await process()

    for _ in range(3):
        await one.brings(sent)

    assert len(kit.bot.shown(GROUP)) == 1
    assert one.resolved == []


@pytest.mark.parametrize(("how", "stands"), [(How.CUT, 2), (How.SILENT, 2), (How.BROKEN, 1)])
async def test_a_sending_without_an_answer_is_counted_and_sent_again(
    kit: Kit, group: Place, process: Process, how: How, stands: int
) -> None:
    sent, one = await kit.answered(group, "In two days."), await process()
    kit.telegram.fails("sendMessage", how)

    with pytest.raises(DeliveryUnknown):
        await one.brings(sent)
    await one.brings(sent)

    assert len(kit.bot.shown(GROUP)) == stands
    assert one.resolved == ["sent_again"]


async def test_an_answer_that_grew_is_never_there_twice(
    kit: Kit, group: Place, process: Process
) -> None:
    """Shown by one process, finished by another, whose edit's answer is lost."""
    first, second = await process(), await process()
    await first.channel.show(group, TURN, "In two")
    sent = await kit.answered(group, "In two days.")
    kit.telegram.fails("editMessageText", How.CUT)

    with pytest.raises(DeliveryDelayed):
        await second.brings(sent)
    await second.brings(sent)
    await second.brings(sent)
    await second.channel.idle(group, TURN)

    (message,) = kit.bot.shown(GROUP)
    assert message.startswith("In two days.")
    assert second.resolved == []


async def test_a_process_that_dies_behind_the_edit_leaves_one_message(
    kit: Kit, group: Place, process: Process
) -> None:
    """The segment stands there and is noted; that the message is delivered is not."""
    first, second = await process(), await process()
    await first.channel.show(group, TURN, "In two")
    sent = await kit.answered(group, "In two days.")
    ledger = first.dispatcher._ledger
    begun = await ledger.begun(sent)
    assert begun is not None
    await first.channel.deliver(sent, begun.before, lambda receipt: ledger.noted(begun, receipt))
    await first.signals.close()

    await second.brings(sent)

    assert len(kit.bot.shown(GROUP)) == 1


async def test_a_reaction_finds_its_answer_in_the_ledger(
    kit: Kit, group: Place, process: Process
) -> None:
    sent, one = await kit.answered(group, "In two days."), await process()
    await one.brings(sent)
    found = await kit.store.since(TENANT, group.conversation, sent.seq - 1, limit=1)
    native = f"{GROUP}:{kit.bot.last(GROUP)['message_id']}"
    answers = PostgresAnswers(kit.database)

    told = await answers.told_by(TENANT, group.channel, f"shop/-/{GROUP}/", native)
    elsewhere = await answers.told_by(TENANT, group.channel, "other/-/", native)

    assert told == Told(turn=found[0].turn, address=group.address)
    assert elsewhere is None


async def test_a_customer_who_is_gone_costs_one_call_and_comes_back_for_what_is_next(
    kit: Kit, process: Process
) -> None:
    place, one = await kit.asks(), await process()
    first = await kit.answered(place, "In two days.")
    kit.bot.chat(7).blocked = "bot was blocked by the user"
    for _ in range(2):
        await _refused(one, first)
    await kit.takes(kit.ann.unblocks())

    await kit.asks("And on Sunday?")
    await one.brings(await kit.answered(place, "On Sunday, too."))

    (message,) = kit.bot.shown(7)
    assert message.startswith("On Sunday, too.")
    assert len(kit.telegram.called("sendMessage")) == 2


async def _refused(one: One, sent: MessageSent) -> None:
    """The first time it is refused, and from then on it is not tried."""
    try:
        await one.brings(sent)
    except DeliveryRefused:
        return
