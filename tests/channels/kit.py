"""A gateway on loopback over a real database, and a bot that answers as it is told to."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import aiohttp
from aiohttp import web
from prometheus_client import CollectorRegistry
from websockets.asyncio.client import ClientConnection, connect

from channels import gateway
from channels.parts import GatewayParts, Probe
from channels.postgres.feedback import PostgresFeedback
from channels.postgres.files import PostgresFiles
from channels.postgres.places import PostgresPlaces
from channels.postgres.threads import PostgresThreads
from channels.postgres.visitors import PostgresVisitors
from channels.postgres.wanted import PostgresWantedFiles
from channels.settings import ChannelsSettings
from channels.web import protocol
from core.clock import SystemClock, new_secret
from core.domain.decisions import Decision, Reply
from core.domain.events import Delta, OwnerChanged, Stored
from core.domain.ids import EventId, TenantId, TurnId
from core.domain.messages import Arrival
from core.postgres.conversations import PostgresConversations
from core.postgres.database import Database
from core.turn.remember import compose
from core.turn.weigh import Decided
from tests.builders import TENANT, a_case, a_draft, a_passage, findings
from tests.channels.people import People
from tests.fakes.live import LocalLive

Answers = Callable[[str], Decision]
VOUCHER = f"{TENANT}.a program's secret"
"""The token of a program whose word about its users is believed."""


def reply(question: str) -> Decision:
    return Reply(a_draft(f"You asked: {question} [1]"))


@dataclass
class Bot:
    """Takes a turn for everything that waits, in the place of worker, relay and dispatcher."""

    store: PostgresConversations
    live: LocalLive
    database: Database
    answers: Answers = reply
    deltas: bool = False
    asleep: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while it may work."""
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def ring(self, topic: str) -> None:
        if topic == "inbound":
            self.woken.set()

    async def run(self) -> None:
        while True:
            await self.woken.wait()
            self.woken.clear()
            await self.asleep.wait()
            for tenant, conversation in await self._waiting():
                await self.take(TenantId(tenant), conversation)

    async def take(self, tenant: TenantId, conversation) -> None:
        context = await self.store.load(tenant, conversation, 20)
        if not context.waiting:
            return
        turn = TurnId(uuid4())
        decision = self.answers(context.question)
        arrival = Arrival(tenant=tenant, conversation=conversation, event=EventId(""))
        record = compose(
            turn,
            arrival,
            a_case(context, findings(a_passage())),
            Decided(decision),
            timings_ms={},
        )
        if self.deltas and record.says:
            at = 0
            for word in record.says[0].text.split(" "):
                piece = Delta(conversation=conversation, turn=turn, text=word + " ", at=at)
                at += len(piece.text)
                self.live.tell(piece)
                await asyncio.sleep(0)
        remembered = await self.store.remember(record)
        if remembered is not None:
            if record.new_owner is not None and remembered.sent:
                self.live.tell(
                    OwnerChanged(conversation=conversation, owner=record.new_owner, epoch=1)
                )
            self.live.tell(Stored(conversation=conversation, seq=remembered.last_seq))

    async def _waiting(self) -> list[tuple[str, object]]:
        async with self.database.as_service() as connection:
            rows = await connection.fetch(
                "SELECT tenant, id FROM conversations c WHERE EXISTS (SELECT FROM messages m"
                " WHERE m.conversation = c.id AND m.seq > c.covered AND m.author = 'customer')"
            )
        return [(row["tenant"], row["id"]) for row in rows]


@dataclass
class Service:
    """What tests talk to."""

    app: web.Application
    host: str
    parts: GatewayParts
    store: PostgresConversations
    live: LocalLive
    bot: Bot
    database: Database

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def http(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(self.url)

    def socket(self, **options) -> connect:
        return connect(f"ws://{self.host}/ws", proxy=None, **options)


def parts_of(
    store: PostgresConversations,
    live: LocalLive,
    bot: Bot,
    settings: ChannelsSettings,
    ready: Probe,
) -> GatewayParts:
    clock = SystemClock()
    return GatewayParts(
        inbox=store,
        transcript=store,
        live=live,
        clock=clock,
        visitors=PostgresVisitors(bot.database, clock),
        threads=PostgresThreads(bot.database),
        feedback=PostgresFeedback(bot.database, clock, bot.ring),
        people=People(bot.database, live).care,
        files=PostgresFiles(bot.database, clock),
        ready=ready,
        new_secret=new_secret,
        registry=CollectorRegistry(),
        settings=settings,
        places=PostgresPlaces(bot.database),
        wanted=PostgresWantedFiles(bot.database),
        vouches=believes,
    )


@asynccontextmanager
async def serving(
    database: Database, ready: Probe | None = None, **changes
) -> AsyncIterator[Service]:
    settings = ChannelsSettings(**{"answer_s": 5, "poll_s": 0.5, **changes})
    async with database.as_service() as connection:
        await connection.execute(
            "INSERT INTO log_partitions (topic, part)"
            " SELECT 'inbound', generate_series(0, 11) ON CONFLICT DO NOTHING"
        )
    live = LocalLive()
    rings: list[Callable[[str], None]] = []
    store = PostgresConversations(database, SystemClock(), lambda topic: [r(topic) for r in rings])
    bot = Bot(store, live, database)
    bot.asleep.set()
    rings.append(bot.ring)

    parts = parts_of(store, live, bot, settings, ready or all_well)
    app = gateway.build(parts)
    runner = gateway.runner(app, shutdown_s=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    async with asyncio.TaskGroup() as tasks:
        working = tasks.create_task(bot.run())
        try:
            yield Service(app, f"127.0.0.1:{port}", parts, store, live, bot, database)
        finally:
            await runner.cleanup()
            working.cancel()


async def believes(tenant: TenantId, token: str) -> bool:
    return tenant == TENANT and token == VOUCHER


async def all_well() -> str | None:
    return None


async def send(socket: ClientConnection, frame: protocol.ClientFrame) -> None:
    await socket.send(protocol.encode(frame))


async def receive(socket: ClientConnection, kind: type | None = None) -> protocol.ServerFrame:
    """The next frame, or the next of this kind."""
    async with asyncio.timeout(10):
        while True:
            frame = protocol.decode_server(await socket.recv())
            if kind is None or isinstance(frame, kind):
                return frame


async def hello(socket: ClientConnection, **fields) -> protocol.Welcome:
    await send(socket, protocol.Hello(**fields))
    return await receive(socket, protocol.Welcome)


async def messages(socket: ClientConnection, count: int) -> list[protocol.MessageFrame]:
    return [await receive(socket, protocol.MessageFrame) for _ in range(count)]
