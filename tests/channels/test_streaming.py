"""What a pushed channel is told of answers while they grow, beside their delivery."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import uuid4

import pytest

from channels import streaming
from channels.contract import Receipt
from channels.places import Place
from channels.postgres.deliveries import PostgresDeliveries
from channels.postgres.places import PostgresPlaces
from channels.showing import Shows
from channels.streaming import Streaming, StreamingParts
from core.clock import SystemClock
from core.domain.errors import DeliveryDelayed
from core.domain.events import Delta, MessageSent, Stored, Typing
from core.domain.ids import ConversationId, CustomerId, TurnId
from core.domain.messages import Author, Channel
from core.postgres.conversations import PostgresConversations
from core.postgres.database import Database
from core.postgres.signals import Signals
from tests.builders import TENANT, an_inbound_message
from tests.channels.kit import Bot
from tests.fakes.live import LocalLive

TURN = TurnId(uuid4())


class Screen(Shows):
    """Keeps what it is told; `fails` raises at the next `show`."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        self.at_once = 0
        self.most_at_once = 0
        self.fails = False
        self._news = asyncio.Event()

    async def busy(self, place: Place) -> None:
        await self._note("busy", "")

    async def show(self, place: Place, turn: TurnId, text: str) -> None:
        await self._note("show", text)
        if self.fails:
            raise DeliveryDelayed(1)

    async def idle(self, place: Place, turn: TurnId | None) -> None:
        await self._note("idle", "")

    async def _note(self, name: str, text: str) -> None:
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        self.calls.append((name, text))
        self._news.set()

    @property
    def texts(self) -> list[str]:
        return [text for name, text in self.calls if name == "show"]

    async def until(self, call: tuple[str, str]) -> None:
        async with asyncio.timeout(20):
            while call not in self.calls:
                self._news.clear()
                await self._news.wait()


class Stage:
    """A conversation on Telegram, and a streaming that may show it."""

    def __init__(self, database: Database, signals: Signals) -> None:
        self.database = database
        self.live, self.screen = LocalLive(), Screen()
        self.store = PostgresConversations(
            database, SystemClock(), lambda topic: None, through="outbox"
        )
        self.ledger = PostgresDeliveries(database, signals)
        self.ours = True
        self.streaming = Streaming(
            StreamingParts(
                live=self.live,
                places=PostgresPlaces(database),
                ledger=self.ledger,
                clock=SystemClock(),
                channels={Channel.TELEGRAM: self.screen},
                has=lambda conversation: self.ours,
            )
        )
        self.conversation = ConversationId(uuid4())

    async def open(self, channel: Channel = Channel.TELEGRAM) -> ConversationId:
        found = await self.store.open(TENANT, channel, CustomerId("ann"), "shop/7/0")
        await self.store.accept(
            replace(an_inbound_message(found.id, event=str(uuid4())), channel=channel)
        )
        self.conversation = found.id
        return found.id

    def say(self, text: str, at: int = 0, turn: TurnId = TURN) -> None:
        self.live.tell(Delta(conversation=self.conversation, turn=turn, text=text, at=at))

    async def answered(self) -> MessageSent:
        """A turn has stored its answer, which waits to be delivered."""
        await Bot(self.store, LocalLive(), self.database).take(TENANT, self.conversation)
        found = await self.store.conversation(TENANT, self.conversation)
        return MessageSent(
            tenant=TENANT, conversation=self.conversation, seq=found.seq, channel="telegram"
        )


@asynccontextmanager
async def running(stage: Stage) -> AsyncIterator[None]:
    task = asyncio.create_task(stage.streaming.run())
    await asyncio.sleep(0)
    yield
    stage.streaming.stop()
    stage.live.tell(Typing(conversation=ConversationId(uuid4()), author=Author.CUSTOMER))
    await task


@pytest.fixture
async def stage(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    monkeypatch.setattr(streaming, "_REST_S", 0.005)
    monkeypatch.setattr(streaming, "_GRACE_S", 0.05)
    signals = await Signals.open(database)
    yield Stage(database, signals)
    await signals.close()


async def test_an_answer_is_shown_as_far_as_it_goes_and_typing_ends(stage: Stage) -> None:
    await stage.open()
    async with running(stage):
        stage.live.tell(Typing(conversation=stage.conversation, author=Author.BOT))
        await stage.screen.until(("busy", ""))
        stage.say("Parcels ")
        await stage.screen.until(("show", "Parcels "))
        stage.say("take two days.", at=8)
        await stage.screen.until(("show", "Parcels take two days."))
        stage.live.tell(Stored(conversation=stage.conversation, seq=2))
        await stage.screen.until(("idle", ""))

    assert stage.screen.most_at_once == 1


async def test_an_answer_of_which_a_piece_was_lost_is_not_shown_with_a_hole(stage: Stage) -> None:
    await stage.open()
    async with running(stage):
        stage.say("Parcels ")
        await stage.screen.until(("show", "Parcels "))
        stage.say("days.", at=17)
        stage.live.tell(Stored(conversation=stage.conversation, seq=2))
        await stage.screen.until(("idle", ""))

    assert stage.screen.texts == ["Parcels "]


async def test_who_comes_in_the_middle_shows_no_tail(stage: Stage) -> None:
    await stage.open()
    async with running(stage):
        stage.live.tell(Typing(conversation=stage.conversation, author=Author.BOT))
        stage.say("two days.", at=13)
        await stage.screen.until(("busy", ""))
        stage.live.tell(Stored(conversation=stage.conversation, seq=2))
        await stage.screen.until(("idle", ""))

    assert stage.screen.texts == []


async def test_a_piece_that_comes_behind_its_message_starts_nothing(stage: Stage) -> None:
    await stage.open()
    async with running(stage):
        stage.say("late", at=30)
        stage.say("The next", turn=TurnId(uuid4()))
        await stage.screen.until(("show", "The next"))

    assert stage.screen.calls[0] == ("show", "The next")


async def test_nothing_is_shown_ahead_of_a_message_that_waits(stage: Stage) -> None:
    await stage.open()
    waiting = await stage.answered()
    async with running(stage):
        stage.say("The next answer")
        await stage.screen.until(("busy", ""))
        assert stage.screen.texts == []

        await stage.ledger.delivered(waiting, Receipt(native_ids=("1",)))
        await stage.screen.until(("show", "The next answer"))


async def test_nothing_is_shown_while_a_message_is_delivered(stage: Stage) -> None:
    await stage.open()
    async with running(stage):
        stage.say("Parcels ")
        await stage.screen.until(("show", "Parcels "))
        async with stage.streaming.still(stage.conversation):
            stage.say("take", at=8)
            before = len(stage.screen.calls)
            await asyncio.sleep(0.05)
            assert len(stage.screen.calls) == before
        await stage.screen.until(("idle", ""))

    assert stage.screen.texts == ["Parcels "]


async def test_a_turn_that_began_before_the_last_answer_was_there_is_shown_all_the_same(
    stage: Stage,
) -> None:
    await stage.open()
    async with running(stage):
        stage.live.tell(Typing(conversation=stage.conversation, author=Author.BOT))
        await stage.screen.until(("busy", ""))
        async with stage.streaming.still(stage.conversation):
            stage.say("The next ")
        stage.say("answer", at=9)
        await stage.screen.until(("show", "The next answer"))


async def test_a_channel_that_fails_is_not_asked_again_for_this_turn(stage: Stage) -> None:
    await stage.open()
    stage.screen.fails = True
    async with running(stage):
        stage.say("Parcels ")
        await stage.screen.until(("show", "Parcels "))
        stage.say("take", at=8)
        other = TurnId(uuid4())
        stage.screen.fails = False
        stage.say("Another", turn=other)
        await stage.screen.until(("show", "Another"))

    assert stage.screen.texts == ["Parcels ", "Another"]


@pytest.mark.parametrize("channel", [Channel.WEB, Channel.SLACK])
async def test_other_channels_are_left_alone(stage: Stage, channel: Channel) -> None:
    elsewhere = await stage.open(channel)
    await stage.open()
    async with running(stage):
        stage.live.tell(Delta(conversation=elsewhere, turn=TURN, text="x"))
        stage.say("ours")
        await stage.screen.until(("show", "ours"))

    assert stage.screen.texts == ["ours"]


async def test_a_conversation_that_is_anothers_now_is_left_as_it_stands(stage: Stage) -> None:
    await stage.open()
    async with running(stage):
        stage.say("Parcels ")
        await stage.screen.until(("show", "Parcels "))
        (talk,) = stage.streaming._talks.values()
        stage.ours = False
        assert talk.task is not None
        await talk.task
        stage.say("take", at=8)
        await asyncio.sleep(0.02)

    assert stage.screen.calls[-1] == ("show", "Parcels ")
