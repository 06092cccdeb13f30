"""What becomes of messages after they were stored reaches the pages that show them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from channels.contract import Delivers, Note, Receipt
from channels.dispatcher import Dispatcher
from channels.postgres.deliveries import PostgresDeliveries
from core.dead_letters import DeadLetter, Failure
from core.domain.errors import DeliveryDelayed, DeliveryRefused, DeliveryUnknown
from core.domain.events import MessageSent, Stored
from core.domain.ids import ConversationId, EventId
from core.domain.messages import Amendment, Channel
from core.event_log import Partition, Record
from core.postgres.signals import Signals
from core.wire.envelope import Stamp, encode_sent
from tests.builders import TENANT
from tests.handoff.console.house import Browser, House, Live

SENTENCE = "The customer has blocked the bot."


class Platform(Delivers):
    """Takes and refuses messages in the order that it is told."""

    reconcile = None

    def __init__(self) -> None:
        self.next: list[Receipt | Exception] = []

    async def deliver(self, sent: MessageSent, before: Receipt, note: Note) -> Receipt:
        outcome = self.next.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


@dataclass
class Scene:
    """Ann talks with somebody on Telegram, over a dispatcher that does as it is told."""

    house: House
    ann: Browser
    conversation: ConversationId
    seq: int
    platform: Platform
    dispatcher: Dispatcher

    @property
    def path(self) -> str:
        return f"conversations/{self.conversation}"

    @property
    def again(self) -> str:
        return f"{self.path}/messages/{self.seq}/again"

    def record(self, **headers: str) -> Record:
        now = self.house.base.clock.now()
        stamp = Stamp(id=self.house.base.clock.new_id(), at=now)
        return Record(
            partition=Partition("outbound", 0),
            offset=7,
            key=str(self.conversation).encode(),
            value=encode_sent(TENANT, self.conversation, "telegram", stamp),
            headers={"seq": str(self.seq), **headers},
            at=now,
        )

    async def bring(self, outcome: Receipt | Exception, **headers: str) -> None:
        """One attempt, as the dispatcher's loop makes it."""
        self.platform.next = [outcome]
        record, now = self.record(**headers), self.house.base.clock.now()
        try:
            await self.dispatcher.deliver(record)
        except (DeliveryDelayed, DeliveryUnknown):
            pass
        except DeliveryRefused as refused:
            failure = Failure(
                error_class="DeliveryRefused",
                error=str(refused),
                attempts=1,
                first_at=now,
                last_at=now,
            )
            letter = DeadLetter(record=record, failure=failure)
            await self.house.base.dead_letters.put_aside(letter)
            await self.dispatcher.give_up(record)

    async def watched(self, live: Live) -> None:
        await live.say(type="watch", conversation=self.conversation, since=self.seq)
        await live.until("viewers")

    async def marked(self, live: Live, **wanted: Any) -> dict[str, Any]:
        """The next mark of the message that has these values."""
        while True:
            for mark in (await live.until("marks"))["marks"]:
                if mark["seq"] == self.seq and wanted.items() <= mark.items():
                    return dict(mark)


@pytest.fixture
async def scene(house: House) -> AsyncIterator[Scene]:
    ann = await house.comes("Ann")
    conversation = (await house.waits(channel=Channel.TELEGRAM)).conversation
    row = await ann.take(conversation)
    path = f"conversations/{conversation}/reply"
    said = await ann.post(path, client_id="a", text="Hello", epoch=row["epoch"])
    signals = await Signals.open(house.base.database)
    platform = Platform()
    ledger = PostgresDeliveries(house.base.database, signals)
    dispatcher = Dispatcher(house.base.live, ledger, {"telegram": platform})
    yield Scene(house, ann, conversation, said["seq"], platform, dispatcher)
    await signals.close()


async def test_the_way_of_a_message_to_its_channel_is_told_while_it_is_on_the_screen(
    scene: Scene,
) -> None:
    async with scene.ann.live() as live:
        await scene.watched(live)
        await scene.bring(DeliveryDelayed(1))
        await scene.marked(live, delivery="waiting")
        await scene.bring(DeliveryUnknown())
        await scene.marked(live, delivery="unknown")
        await scene.bring(Receipt(native_ids=("17",)))
        mark = await scene.marked(live, delivery="delivered")

    nothing = {"text": None, "edited": False, "deleted": False, "reason": None, "files": None}
    assert mark == {"seq": scene.seq, "delivery": "delivered", **nothing}


async def test_what_was_refused_says_why_and_is_sent_again_by_who_has_the_conversation(
    scene: Scene,
) -> None:
    bo = await scene.house.comes("Bo")
    async with scene.ann.live() as live:
        await scene.watched(live)
        await scene.bring(DeliveryRefused(SENTENCE))
        await scene.marked(live, delivery="refused", reason=SENTENCE)
        await bo.post(scene.again, 409)
        row = await scene.ann.post(scene.again)
        await scene.marked(live, delivery="waiting", reason=None)
        twice = await scene.ann.post(scene.again, 409)
        await scene.bring(Receipt(native_ids=("17",)), replay_of="1")
        await scene.marked(live, delivery="delivered")

    assert row["id"] == str(scene.conversation)
    assert twice["error"]["message"].endswith(".")
    assert (await scene.house.acts()).count("conversation.resend") == 1
    (letter,) = await scene.house.base.dead_letters.all_of_them()
    assert letter.state == "replayed"
    queued = await scene.house.rows("SELECT headers FROM outbox WHERE headers ? 'replay_of'")
    assert len(queued) == 1


async def test_whoever_comes_back_sees_the_newest_state_of_what_they_have(scene: Scene) -> None:
    await scene.bring(DeliveryRefused(SENTENCE))

    async with scene.ann.live() as live:
        await live.say(type="watch", conversation=scene.conversation, since=scene.seq)
        mark = await scene.marked(live)

    assert (mark["delivery"], mark["reason"]) == ("refused", SENTENCE)


async def test_other_words_of_a_customer_and_none_are_told(scene: Scene) -> None:
    house, conversation = scene.house, scene.conversation
    said = await house.says(conversation, "Order 471")
    (event,) = await house.rows(
        "SELECT event FROM messages WHERE conversation = $1 AND seq = $2", conversation, said
    )

    async def amend(text: str | None) -> None:
        amendment = Amendment(
            tenant=TENANT,
            conversation=conversation,
            event=EventId(event["event"]),
            text=text,
            at=house.base.clock.now(),
        )
        assert await house.base.conversations.amend(amendment)
        house.base.live.tell(Stored(conversation=conversation, seq=0))

    scene.seq = said
    async with scene.ann.live() as live:
        await scene.watched(live)
        await amend("Order 4711")
        await scene.marked(live, text="Order 4711", edited=True, deleted=False)
        await amend(None)
        await scene.marked(live, text="", deleted=True)


async def test_nothing_is_sent_again_that_was_not_given_up(scene: Scene) -> None:
    await scene.ann.post(scene.again, 409)
    await scene.ann.post(f"{scene.path}/messages/0/again", 422)
    other = scene.house.base.clock.new_id()
    await scene.ann.post(f"conversations/{other}/messages/1/again", 404)


async def test_the_state_says_what_time_it_is(scene: Scene) -> None:
    async with scene.ann.live() as live:
        state = await live.next()
    async with scene.ann.live(era=state["era"], since=state["seq"]) as live:
        resumed = await live.next()

    assert (state["type"], resumed["type"]) == ("state", "resumed")
    assert state["now"] <= resumed["now"]
