"""Telegram's side of a service over a real database, against the fake Bot API."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import msgspec
from aiohttp import web

from channels.accounts import Account
from channels.answers import Answers, Told
from channels.contract import Receipt
from channels.happenings import Happening
from channels.outgoing import Outgoings
from channels.pacing import Pacer
from channels.places import Place
from channels.postgres.accounts import PostgresAccounts
from channels.postgres.files import PostgresFiles
from channels.postgres.places import PostgresPlaces
from channels.postgres.streams import PostgresStreams
from channels.receiving import Receive
from channels.telegram.acknowledge import Acknowledge
from channels.telegram.routes import TelegramRoutes
from channels.telegram.send import TelegramChannel
from channels.telegram.show import Parts
from channels.telegram.take import Take
from channels.telegram.wire import Bots
from core.clock import SystemClock
from core.domain.decisions import Reply
from core.domain.errors import DeliveryDelayed
from core.domain.events import MessageSent
from core.domain.ids import TenantId
from core.domain.messages import Channel
from core.http.json import errors
from core.postgres.conversations import PostgresConversations
from core.postgres.database import Database
from core.sealing import Seal, new_key
from tests.builders import TENANT, a_draft
from tests.channels.kit import Bot as Answering
from tests.channels.telegram.account import SECRET, an_account
from tests.channels.telegram.receiving import a_receiver
from tests.fakes.clock import FakeClock
from tests.fakes.live import LocalLive
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_customer import Customer
from tests.fakes.telegram_state import JSON, BotState

NOTHING = Receipt()


class Ledger(Answers):
    """Which answer stands where, as deliveries told."""

    def __init__(self) -> None:
        self.told: dict[str, Told] = {}

    async def told_by(
        self, tenant: TenantId, channel: Channel, beginning: str, native_id: str
    ) -> Told | None:
        found = self.told.get(native_id)
        return found if found and found.address.startswith(beginning) else None


class Kit:
    """A service with one bot on a fake Telegram."""

    def __init__(self, database: Database, telegram: FakeTelegram, clock: FakeClock) -> None:
        self.database = database
        self.telegram = telegram
        self.clock = clock
        system = SystemClock()
        self.store = PostgresConversations(database, system, lambda topic: None, through="outbox")
        self.places = PostgresPlaces(database)
        self.streams = PostgresStreams(database)
        self.files = PostgresFiles(database, system)
        self.accounts = PostgresAccounts(database, Seal([new_key()]))
        self.receiver = a_receiver(database)
        self.ledger = Ledger()
        self.noted: list[Receipt] = []
        self.account = an_account(telegram.url)
        self.bot: BotState = telegram.bot()
        self.ann = Customer(self.bot)
        self.bots = Bots(read_s=1)
        self.pacer = Pacer(clock, clock.sleep)
        self.acknowledge = Acknowledge(self.bots, self.pacer)
        self.answering = Answering(self.store, LocalLive(), database)
        self.channel = self.a_channel()

    def a_channel(self) -> TelegramChannel:
        """As a process would have it that has just begun."""
        return TelegramChannel(
            Parts(
                outgoings=Outgoings(self.store, self.places, self.accounts, self.files),
                places=self.places,
                streams=self.streams,
                bots=self.bots,
                pacer=self.pacer,
                clock=self.clock,
            )
        )

    def take(self, receive: Receive | None = None) -> Take:
        return Take(
            receive=receive or self.receiver,
            answers=self.ledger,
            places=self.places,
            clock=self.clock,
        )

    @asynccontextmanager
    async def serving(self, receive: Receive | None = None) -> AsyncIterator[str]:
        """The address of a gateway with this channel's routes alone, and a webhook to it."""
        app = web.Application(middlewares=[errors])
        routes = TelegramRoutes(self.accounts, self.take(receive), self.acknowledge, self.clock)
        routes.add_to(app.router)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()

    async def receive(self, happenings: Sequence[Happening]) -> None:
        await self.receiver(self.account, happenings)

    async def place(self, address: str = "shop/-/7/0") -> Place:
        found = await self.places.at(TENANT, Channel.TELEGRAM, address)
        assert found is not None
        return found

    async def texts(self, address: str = "shop/-/7/0") -> list[str]:
        """What customers said there."""
        place = await self.places.at(TENANT, Channel.TELEGRAM, address)
        if place is None:
            return []
        found = await self.store.since(TENANT, place.conversation, 0, limit=100)
        return [one.text for one in found if one.author == "customer"]

    async def asks(self, text: str = "Hello?", chat: int = 7, address: str = "", **more) -> Place:
        """A customer's question in a chat, stored, and where it is."""
        await self.takes(self.ann.says(text, chat, **more))
        return await self.place(address or f"shop/-/{chat}/0")

    async def answered(self, place: Place, text: str) -> MessageSent:
        """Let the service answer; the record that a dispatcher would get."""
        self.answering.answers = lambda question: Reply(a_draft(text))
        await self.answering.take(TENANT, place.conversation)
        found = await self.store.since(TENANT, place.conversation, 0, limit=100)
        return MessageSent(
            tenant=TENANT,
            conversation=place.conversation,
            seq=found[-1].seq,
            channel=Channel.TELEGRAM.value,
        )

    async def takes(self, update: JSON) -> None:
        """The update comes in by neither way, but as both would bring it."""
        await self.take()(self.account, msgspec.json.encode(update))

    def hook(self, url: str) -> None:
        """Let Telegram bring updates to a gateway."""
        self.bot.webhook = {
            "url": f"{url}/telegram/shop",
            "secret_token": SECRET,
            "max_connections": 40,
        }

    async def delivered(self, sent: MessageSent, before: Receipt = NOTHING) -> Receipt:
        """Bring a message out, and keep what stands there for reactions."""
        self.noted = []

        async def note(receipt: Receipt) -> None:
            self.noted.append(receipt)

        receipt = await self.channel.deliver(sent, before, note)
        found = await self.store.since(TENANT, sent.conversation, sent.seq - 1, limit=1)
        place = await self.places.of(TENANT, sent.conversation)
        for native in receipt.native_ids if found[0].turn else ():
            self.ledger.told[native] = Told(turn=found[0].turn, address=place.address)
        return receipt

    def labels(self, chat: int) -> list[str]:
        """What the buttons below the bot's last message say."""
        markup = self.bot.last(chat).get("reply_markup", {"inline_keyboard": []})
        return [one["text"] for row in markup["inline_keyboard"] for one in row]

    async def ratings(self) -> list[tuple[str, str | None]]:
        async with self.database.as_service() as connection:
            rows = await connection.fetch("SELECT thumb, reason FROM ratings")
        return [(row["thumb"], row["reason"]) for row in rows]

    async def speaks(self, language: str) -> None:
        """Let every conversation have been in this language."""
        async with self.database.as_service() as connection:
            await connection.execute("UPDATE conversations SET language = $1", language)

    def account_at(self, url: str) -> Account:
        return an_account(url)

    async def patiently(self, sent: MessageSent) -> None:
        """Deliver it, after the pauses that are asked for; Telegram itself must never ask."""
        while True:
            try:
                await self.delivered(sent)
            except DeliveryDelayed as delayed:
                await self.clock.sleep(delayed.retry_after_s)
            else:
                return
