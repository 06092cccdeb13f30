"""One conversation over the real store, whose records the test brings to a worker's lanes."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from core.attempt import Attempt
from core.clock import SystemClock
from core.domain.conversation import Conversation
from core.domain.ids import CustomerId
from core.domain.messages import Author, Channel, Message
from core.domain.turns import TurnRecord
from core.event_log import Record
from core.hooks.run import NO_HOOKS
from core.inbound import Inbound
from core.lanes import Bounds, Lanes
from core.nlu.phrases import load_phrases
from core.policy.load import read
from core.ports import Writer
from core.postgres.conversations import PostgresConversations
from core.turn.burst import Joining
from core.turn.walk import Walk
from core.turn.weigh import Rules
from core.wire.envelope import Stamp, encode_arrival
from tests.builders import TENANT, a_passage, an_inbound_message, findings
from tests.fakes.lanes import NOON, ZERO
from tests.fakes.understanding import LabelledUnderstander
from tests.fakes.walk import RecordingLive, ScriptedRetriever

PHRASES = load_phrases(company="Acme", bot="Ada")
GENEROUS = Joining(most=5, within_s=3600)
"""However slow the machine of the test is."""


def a_walk(store: PostgresConversations, writer: Writer) -> Walk:
    return Walk(
        conversations=store,
        understander=LabelledUnderstander(),
        retriever=ScriptedRetriever(findings(a_passage())),
        writer=writer,
        live=RecordingLive(),
        clock=SystemClock(),
        phrases=PHRASES,
        rules=Rules(decline_below=0.5, history=20, policy=read()),
        hooks=NO_HOOKS,
    )


@dataclass
class Talk:
    """What is said in it, and the lanes that answer."""

    store: PostgresConversations
    conversation: Conversation
    walk: Walk
    inbound: Inbound
    lanes: Lanes
    turns: list[TurnRecord]
    _said: int = field(default=0)

    @property
    def live(self) -> RecordingLive:
        """What was told about it."""
        assert isinstance(self.walk.live, RecordingLive)
        return self.walk.live

    async def accept(self, text: str) -> Record:
        """Store a message; the record of its arrival, which is still on its way."""
        self._said += 1
        message = an_inbound_message(self.conversation.id, text, event=f"e{self._said}")
        await self.store.accept(message)
        clock = SystemClock()
        return Record(
            partition=ZERO,
            offset=self._said,
            key=str(self.conversation.id).encode(),
            value=encode_arrival(message, Stamp(id=clock.new_id(), at=clock.now())),
            headers={},
            at=NOON,
        )

    async def say(self, text: str) -> Record:
        """Store a message, and have its record in the lane at once."""
        record = await self.accept(text)
        self.lanes.submit(record)
        return record

    async def settled(self) -> None:
        """Until every record that was submitted is finished."""
        async with asyncio.timeout(20):
            while self.lanes.keys:
                await asyncio.sleep(0.001)
                self.lanes.check()

    async def transcript(self) -> Sequence[Message]:
        return await self.store.since(TENANT, self.conversation.id, 0, 100)

    async def answers(self) -> list[str]:
        return [m.text for m in await self.transcript() if m.author is Author.BOT]


Retrying = Callable[[Inbound], Attempt]
"""Puts retries around the handler, as a worker does."""


async def a_talk(
    store: PostgresConversations,
    walk: Walk,
    joining: Joining = GENEROUS,
    retrying: Retrying | None = None,
) -> Talk:
    """A fresh conversation; turns are taken in lanes of its own."""
    turns: list[TurnRecord] = []
    inbound = Inbound(walk, turns.append, joining)
    handle = retrying(inbound) if retrying else inbound.handle
    lanes = Lanes(handle, Bounds(), on_more=inbound.more, on_end=inbound.ended)
    address = str(SystemClock().new_id())
    conversation = await store.open(TENANT, Channel.WEB, CustomerId("visitor"), address)
    return Talk(store, conversation, walk, inbound, lanes, turns)
