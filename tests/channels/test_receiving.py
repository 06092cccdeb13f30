"""What platforms tell, over a real database: stored once, in order, by whatever way it comes."""

import asyncio
import dataclasses
from uuid import uuid4

import pytest
from prometheus_client import CollectorRegistry

from channels.accounts import Account
from channels.contract import MAX_TEXT
from channels.happenings import (
    Closed,
    Deleted,
    Edited,
    File,
    Greeted,
    Moved,
    PersonWanted,
    Rated,
    Reopened,
    Said,
)
from channels.metrics import GatewayMetrics
from channels.places import Place
from channels.postgres.feedback import PostgresFeedback
from channels.postgres.places import PostgresPlaces
from channels.postgres.wanted import PostgresWantedFiles
from channels.ratings import Rating, Thumb
from channels.receiving import Receiver, ReceiverParts
from core.clock import SystemClock
from core.domain.errors import StoreUnavailable
from core.domain.ids import CustomerId, EventId, TurnId
from core.domain.messages import Accepted, Channel, InboundMessage
from core.postgres.conversations import PostgresConversations
from core.postgres.database import Database
from tests.builders import NOON, TENANT
from tests.channels.kit import Bot
from tests.channels.people import People
from tests.fakes.live import LocalLive

SHOP = Account(tenant=TENANT, channel=Channel.TELEGRAM, name="shop", native="42")
HELLO = Said(
    address="shop/7/0",
    customer=CustomerId("ann"),
    event=EventId("telegram:42:7:1"),
    text="Hello",
    at=NOON,
    route={"message": "1"},
    language="de",
)


class Kit:
    """A receiver, and what it left."""

    def __init__(self, database: Database) -> None:
        clock = SystemClock()
        self.database = database
        self.registry = CollectorRegistry()
        self.live = LocalLive()
        self.store = PostgresConversations(database, clock, lambda topic: None, through="outbox")
        self.places = PostgresPlaces(database)
        self.parts = ReceiverParts(
            inbox=self.store,
            transcript=self.store,
            places=self.places,
            wanted=PostgresWantedFiles(database),
            feedback=PostgresFeedback(database, clock, lambda topic: None, partitions=12),
            people=People(database).care,
            live=self.live,
            clock=clock,
            metrics=GatewayMetrics(self.registry),
        )
        self.receive = Receiver(self.parts)

    async def place(self, address: str = HELLO.address) -> Place:
        found = await self.places.at(TENANT, Channel.TELEGRAM, address)
        assert found is not None
        return found

    async def texts(self, address: str = HELLO.address) -> list[str]:
        conversation = (await self.place(address)).conversation
        found = await self.store.since(TENANT, conversation, 0, limit=100)
        return [message.text for message in found]

    def left_out(self, kind: str) -> float | None:
        labels = {"channel": "telegram", "kind": kind}
        return self.registry.get_sample_value("switchboard_happenings_left_out_total", labels)


@pytest.fixture
def kit(database: Database) -> Kit:
    return Kit(database)


def later(text: str, number: int = 2) -> Said:
    return dataclasses.replace(HELLO, text=text, event=EventId(f"telegram:42:7:{number}"))


async def test_words_are_stored_in_the_order_in_which_they_were_told(kit: Kit) -> None:
    await kit.receive(SHOP, [HELLO, later("again", 2), later("and again", 3)])

    assert await kit.texts() == ["Hello", "again", "and again"]
    place = await kit.place()
    assert (place.customer, place.language, place.route) == ("ann", "de", {"message": "1"})


async def test_what_is_told_four_times_at_once_is_stored_once(kit: Kit) -> None:
    others = [Receiver(kit.parts) for _ in range(3)]

    await asyncio.gather(*(one(SHOP, [HELLO]) for one in (kit.receive, *others)))

    assert await kit.texts() == ["Hello"]


async def test_a_platform_whose_telling_broke_off_tells_again_and_nothing_doubles(
    kit: Kit,
) -> None:
    class BreaksAtTheSecond:
        calls = 0

        def __getattr__(self, name: str) -> object:
            return getattr(kit.store, name)

        async def accept(self, message: InboundMessage) -> Accepted:
            self.calls += 1
            if self.calls == 2:
                raise StoreUnavailable
            return await kit.store.accept(message)

    breaking = Receiver(dataclasses.replace(kit.parts, inbox=BreaksAtTheSecond()))
    told = [HELLO, later("again", 2), later("and again", 3)]
    with pytest.raises(StoreUnavailable):
        await breaking(SHOP, told)

    await breaking(SHOP, told)

    assert await kit.texts() == ["Hello", "again", "and again"]


async def test_more_words_than_a_message_holds_become_several_and_none_is_lost(kit: Kit) -> None:
    long = "word " * 2_000

    for _ in range(2):
        await kit.receive(SHOP, [later(long)])

    stored = await kit.texts()
    assert [len(text) <= MAX_TEXT for text in stored] == [True] * 3
    assert "".join(stored).replace(" ", "") == long.replace(" ", "")


async def test_a_file_is_named_in_what_its_customer_said(kit: Kit) -> None:
    files = (File(native="f1", name="bill.pdf"), File(native="f2", name="photo.jpg"))

    await kit.receive(SHOP, [dataclasses.replace(HELLO, text="", files=files)])

    assert await kit.texts() == ["📎 bill.pdf\n📎 photo.jpg"]


async def test_words_change_and_go_as_they_do_on_the_platform(kit: Kit) -> None:
    address, event = HELLO.address, HELLO.event
    await kit.receive(SHOP, [HELLO, later("again")])

    await kit.receive(SHOP, [Edited(address=address, event=event, text="Good day", at=NOON)])
    assert await kit.texts() == ["Good day", "again"]
    await kit.receive(SHOP, [Deleted(address=address, event=event, at=NOON)])
    assert await kit.texts() == ["", "again"]


async def test_the_button_for_a_person_says_so_in_the_customers_language(kit: Kit) -> None:
    wanted = PersonWanted(
        address=HELLO.address, customer=HELLO.customer, event=EventId("click"), at=NOON
    )
    await kit.receive(SHOP, [HELLO])

    for _ in range(2):
        await kit.receive(SHOP, [wanted])

    assert await kit.texts() == ["Hello", "Ich möchte mit einem Menschen sprechen."]
    assert (await kit.place()).route == HELLO.route


async def test_a_rating_counts_for_a_turn_of_its_own_conversation_only(kit: Kit) -> None:
    await kit.receive(SHOP, [HELLO, dataclasses.replace(HELLO, address="shop/8/0")])
    conversation = (await kit.place()).conversation
    await Bot(kit.store, kit.live, kit.database).take(TENANT, conversation)
    (_, answer) = await kit.store.since(TENANT, conversation, 0, limit=5)
    assert answer.turn is not None
    down = Rating(turn=answer.turn, thumb=Thumb.DOWN, reason="wrong")

    await kit.receive(SHOP, [Rated(address="shop/8/0", rating=down)])
    await kit.receive(
        SHOP, [Rated(address=HELLO.address, rating=Rating(turn=TurnId(uuid4()), thumb=Thumb.UP))]
    )
    assert kit.left_out("rated") == 2
    await kit.receive(SHOP, [Rated(address=HELLO.address, rating=down)])

    async with kit.database.as_service() as connection:
        rows = await connection.fetch("SELECT turn, thumb, reason FROM ratings")
    assert [tuple(row) for row in rows] == [(answer.turn, "down", "wrong")]


async def test_who_blocks_the_bot_is_out_of_reach_until_they_write_again(kit: Kit) -> None:
    await kit.receive(SHOP, [HELLO, Closed(address=HELLO.address)])
    assert not (await kit.place()).reachable

    await kit.receive(SHOP, [Reopened(address=HELLO.address)])
    assert (await kit.place()).reachable
    await kit.receive(SHOP, [Closed(address="shop/"), later("I am back")])
    assert (await kit.place()).reachable


async def test_who_writes_can_be_reached_whatever_another_process_has_found_out(kit: Kit) -> None:
    elsewhere = Receiver(kit.parts)
    await kit.receive(SHOP, [HELLO])
    await elsewhere(SHOP, [Closed(address=HELLO.address)])

    await kit.receive(SHOP, [later("Are you there?")])

    assert (await kit.place()).reachable


async def test_where_a_conversation_was_erased_the_next_words_begin_another(kit: Kit) -> None:
    await kit.receive(SHOP, [HELLO])
    async with kit.database.as_service() as connection:
        await connection.execute("DELETE FROM conversations")

    await kit.receive(SHOP, [later("Here again")])

    assert await kit.texts() == ["Here again"]
    assert (await kit.place()).route == HELLO.route


async def test_a_group_that_moves_takes_its_conversation_along(kit: Kit) -> None:
    await kit.receive(SHOP, [HELLO, Moved(before="shop/7/", after="shop/-100/")])
    await kit.receive(SHOP, [dataclasses.replace(later("here now"), address="shop/-100/0")])

    assert await kit.texts("shop/-100/0") == ["Hello", "here now"]


async def test_a_greeting_opens_the_conversation_and_says_nothing(kit: Kit) -> None:
    greeted = Greeted(address=HELLO.address, customer=HELLO.customer, language="zh")

    await kit.receive(SHOP, [greeted])

    assert await kit.texts() == []
    assert (await kit.place()).language == "zh"


async def test_what_happens_where_nobody_spoke_is_left_out_and_holds_nothing_back(
    kit: Kit,
) -> None:
    unknown = Edited(address="shop/9/0", event=EventId("e"), text="x", at=NOON)

    await kit.receive(SHOP, [unknown, dataclasses.replace(HELLO, text="  "), later("heard")])

    assert kit.left_out("edited") == 1
    assert await kit.texts() == ["heard"]
