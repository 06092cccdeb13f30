"""Conversations on a played Slack, their answers stored, and the channel that brings them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import aiohttp

from channels.accounts import Account
from channels.contract import Receipt
from channels.outgoing import Outgoings
from channels.pacing import Pacer
from channels.places import Place
from channels.postgres.files import PostgresFiles
from channels.postgres.streams import PostgresStreams
from channels.receiving import Receiver
from channels.slack.calls import Calls
from channels.slack.parse import parse
from channels.slack.send import SlackChannel
from core.domain.answers import Draft, Source
from core.domain.decisions import Reply
from core.domain.events import MessageSent
from core.domain.ids import EventId, TurnId
from core.domain.messages import Arrival, Message
from core.postgres.database import Database
from core.turn.remember import compose
from core.turn.weigh import Decided
from tests.builders import TENANT, a_case, a_passage, findings
from tests.channels.slack.kit import Kit
from tests.channels.slack.payloads import (
    BOT,
    DM,
    ROOM,
    TS,
    USER,
    an_account,
    in_room,
    json_of,
    said,
)
from tests.fakes.clock import FakeClock
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_state import Shown

SOURCE = Source(title="Warranty", uri="https://shop.example/w", quote="Two years.", score=0.9)

NOTHING = Receipt()


def new_turn() -> TurnId:
    return TurnId(uuid4())


@dataclass
class Stage:
    """All of it; time is the clock's."""

    kit: Kit
    slack: FakeSlack
    clock: FakeClock
    session: aiohttp.ClientSession
    account: Account
    channel: SlackChannel = field(init=False)
    noted: list[Receipt] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Another process, which knows what is stored and nothing else."""
        self.streams = PostgresStreams(self.kit.database)
        self.files = PostgresFiles(self.kit.database, self.clock)
        outgoings = Outgoings(
            self.kit.store,
            self.kit.places,
            self.kit.accounts,
            self.files,
        )
        self.pacer = Pacer(self.clock, self.clock.sleep)
        self.calls = Calls(self.session, self.pacer, patience_s=0.5)
        self.channel = SlackChannel(
            outgoings, self.streams, self.calls, self.clock, self.clock.sleep
        )

    async def asked(self, payload: dict[str, Any] | None = None) -> Place:
        """A customer asks; where that is."""
        payload = payload or said("How long is the warranty?")
        (happening,) = parse(json_of(payload), self.account)
        await Receiver(self.kit.parts)(self.account, [happening])
        event = payload["event"]
        thread = event.get("thread_ts") or event["ts"]
        self.slack.state.said(event["channel"], event["ts"], USER, event.get("thread_ts", ""))
        place = await self.kit.place(f"acme/{event['channel']}/{thread}")
        assert place is not None
        return place

    async def asked_in_room(self) -> Place:
        return await self.asked(in_room(f"<@{BOT}> How long is the warranty?"))

    async def answered(self, place: Place, text: str, turn: TurnId | None = None) -> MessageSent:
        """The bot's answer is stored."""
        store = self.kit.store
        context = await store.load(TENANT, place.conversation, 20)
        draft = Draft(text=text, sources=(SOURCE,), written_by="extract", prompt_version="")
        arrival = Arrival(tenant=TENANT, conversation=place.conversation, event=EventId(""))
        record = compose(
            turn or new_turn(),
            arrival,
            a_case(context, findings(a_passage())),
            Decided(Reply(draft)),
            timings_ms={},
        )
        remembered = await store.remember(record)
        assert remembered is not None
        return MessageSent(
            tenant=TENANT,
            conversation=place.conversation,
            seq=remembered.last_seq,
            channel="slack",
        )

    async def message(self, sent: MessageSent) -> Message:
        found = await self.kit.store.since(TENANT, sent.conversation, sent.seq - 1, limit=1)
        return found[0]

    async def note(self, receipt: Receipt) -> None:
        self.noted.append(receipt)

    async def deliver(self, sent: MessageSent, before: Receipt = NOTHING) -> Receipt:
        return await self.channel.deliver(sent, before, self.note)

    async def open_stream(self, place: Place) -> tuple[str, ...] | None:
        found = await self.streams.of(TENANT, place.conversation)
        return None if found is None else found.native_ids

    def shown(self, channel: str = DM) -> list[Shown]:
        """What the bot has said in the thread."""
        return self.slack.state.in_thread(channel, TS)


async def shows(stage: Stage, place: Place, turn: TurnId, text: str, step: int = 7) -> None:
    """The answer grows by so many characters each second."""
    for end in range(step, len(text) + step, step):
        stage.clock.passed_s += 1
        await stage.channel.show(place, turn, text[:end])


@asynccontextmanager
async def a_stage(database: Database) -> AsyncIterator[Stage]:
    clock = FakeClock()
    async with FakeSlack.start(clock.monotonic) as slack, aiohttp.ClientSession() as session:
        kit = Kit(database)
        account = an_account(api_url=slack.api_url)
        await kit.keep(account)
        for channel in (DM, ROOM):
            slack.state.channels[channel] = []
        yield Stage(kit, slack, clock, session, account)
