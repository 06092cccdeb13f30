"""What an agent changes or withdraws, changed and withdrawn in Telegram."""

from datetime import timedelta
from uuid import uuid4

import pytest

from channels.contract import Receipt
from channels.dispatcher import Dispatcher
from channels.postgres.deliveries import PostgresDeliveries
from core.domain.events import MessageSent
from core.event_log import Partition, Record
from core.postgres.signals import Signals
from core.wire.envelope import Stamp, encode_sent
from tests.builders import NOON, TENANT
from tests.channels.revising import Said
from tests.channels.telegram.kit import Kit
from tests.fakes.live import LocalLive


@pytest.fixture
def said(kit: Kit) -> Said:
    return Said(kit.database, "telegram")


def words(kit: Kit) -> list[str]:
    return kit.bot.shown(7)


def record(sent: MessageSent) -> Record:
    headers = {"seq": str(sent.seq)} | ({"revision": str(sent.revision)} if sent.revision else {})
    stamp = Stamp(id=uuid4(), at=NOON)
    return Record(
        partition=Partition("outbound", 0),
        offset=sent.seq,
        key=str(sent.conversation).encode(),
        value=encode_sent(TENANT, sent.conversation, "telegram", stamp),
        headers=headers,
        at=stamp.at,
    )


async def test_other_words_stand_where_the_earlier_ones_did(kit: Kit, said: Said) -> None:
    sent = await said.says((await kit.asks()).conversation, "Monday")
    receipt = await kit.delivered(sent)
    changed = await said.reads_now(sent, "Tuesday")

    after = await kit.channel.revise(changed, receipt)
    again = await kit.channel.revise(changed, after)

    assert again == after == receipt
    assert words(kit) == ["Tuesday"]


async def test_a_withdrawn_message_is_gone_and_stays_so(kit: Kit, said: Said) -> None:
    sent = await said.says((await kit.asks()).conversation, "Oops")
    receipt = await kit.delivered(sent)
    withdrawn = await said.reads_now(sent, "")

    assert await kit.channel.revise(withdrawn, receipt) == Receipt()
    assert await kit.channel.revise(withdrawn, receipt) == Receipt()

    assert words(kit) == []


async def test_a_dispatcher_changes_what_it_brought_once_and_nothing_it_did_not_bring(
    kit: Kit, said: Said
) -> None:
    signals = await Signals.open(kit.database)
    ledger = PostgresDeliveries(kit.database, signals, call=timedelta(0))
    dispatcher = Dispatcher(LocalLive(), ledger, {"telegram": kit.channel})
    place = await kit.asks()
    sent = await said.says(place.conversation, "Monday")
    never = await said.says(place.conversation, "Never")
    await dispatcher.deliver(record(sent))
    changed = record(await said.reads_now(sent, "Tuesday"))

    await dispatcher.deliver(changed)
    asked = len(kit.telegram.calls)
    await dispatcher.deliver(changed)
    await dispatcher.deliver(record(await said.reads_now(never, "Not yet")))
    assert len(kit.telegram.calls) == asked
    await dispatcher.deliver(record(never))

    assert words(kit) == ["Tuesday", "Not yet"]
    await signals.close()
