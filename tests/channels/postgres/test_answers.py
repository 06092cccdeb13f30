from dataclasses import replace

import pytest

from channels.answers import Told
from channels.contract import Receipt
from channels.postgres.answers import PostgresAnswers
from channels.postgres.deliveries import PostgresDeliveries
from core.clock import SystemClock
from core.domain.events import MessageSent
from core.domain.ids import CustomerId, TenantId
from core.domain.messages import Channel
from core.postgres.conversations import PostgresConversations
from core.postgres.database import Database
from core.postgres.signals import Signals
from tests.builders import TENANT, an_inbound_message
from tests.channels.kit import Bot
from tests.fakes.live import LocalLive


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ((TENANT, Channel.TELEGRAM, "shop/7/", "7:12"), True),
        ((TENANT, Channel.TELEGRAM, "shop/7/", "7:11"), True),
        ((TENANT, Channel.TELEGRAM, "shop/7/", "7:13"), False),
        ((TENANT, Channel.TELEGRAM, "shop/8/", "7:12"), False),
        ((TENANT, Channel.SLACK, "shop/7/", "7:12"), False),
        ((TenantId("other"), Channel.TELEGRAM, "shop/7/", "7:12"), False),
    ],
)
async def test_an_answer_is_found_by_any_of_its_native_messages_and_by_no_others(
    database: Database, asked: tuple[TenantId, Channel, str, str], found: bool
) -> None:
    store = PostgresConversations(database, SystemClock(), lambda topic: None, through="outbox")
    opened = await store.open(TENANT, Channel.TELEGRAM, CustomerId("ann"), "shop/7/0")
    await store.accept(replace(an_inbound_message(opened.id), channel=Channel.TELEGRAM))
    await Bot(store, LocalLive(), database).take(TENANT, opened.id)
    signals = await Signals.open(database)
    sent = MessageSent(tenant=TENANT, conversation=opened.id, seq=2, channel="telegram")
    await PostgresDeliveries(database, signals).delivered(
        sent, Receipt(native_ids=("7:11", "7:12"))
    )
    await signals.close()
    (_, answer) = await store.since(TENANT, opened.id, 0, limit=5)

    told = await PostgresAnswers(database).told_by(*asked)

    assert told == (Told(turn=answer.turn, address="shop/7/0") if found else None)
