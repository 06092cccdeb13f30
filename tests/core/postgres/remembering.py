"""A conversation in the real store, and what is remembered of it."""

from datetime import datetime
from uuid import uuid4

from core.clock import SystemClock
from core.domain.conversation import Conversation, Mood
from core.domain.decisions import Reply
from core.domain.ids import ConversationId, CustomerId, EventId, TurnId
from core.domain.memory import Fact, Kind, Memory
from core.domain.messages import Amendment, Author, Channel
from core.domain.turns import Outgoing, TurnRecord
from core.memory.ports import Ended, Material, Written
from core.postgres.conversations import PostgresConversations
from core.postgres.database import Database
from core.postgres.memories import PostgresMemories
from tests.builders import (
    NOON,
    TENANT,
    a_draft,
    an_inbound_message,
    an_understanding,
    findings,
)

ORDER = Fact(kind=Kind.REFERENCE, text="My order is A-1234.", seq=1)
CALL = Fact(kind=Kind.PROMISE, text="I will call you.", seq=2, by=Author.BOT)


class Kit:
    """A conversation, and what is remembered of it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.store = PostgresConversations(
            database, SystemClock(), lambda topic: None, through="outbox"
        )
        self.memories = PostgresMemories(database)
        self.opened: Conversation | None = None

    async def open(self) -> None:
        async with self.database.as_service() as connection:
            await connection.execute("INSERT INTO tenants (id, name) VALUES ('other', 'Other')")
        self.opened = await self.store.open(TENANT, Channel.WEB, CustomerId("visitor"), "first")

    @property
    def id(self) -> ConversationId:
        assert self.opened is not None
        return self.opened.id

    async def say(self, text: str, answer: str = "Yes.") -> None:
        """A turn: the customer's words, and the bot's."""
        await self.store.accept(an_inbound_message(self.id, text, event=text))
        context = await self.store.load(TENANT, self.id, 20)
        record = TurnRecord(
            id=TurnId(uuid4()),
            tenant=TENANT,
            conversation=self.id,
            channel="web",
            covers=tuple(m.seq for m in context.waiting),
            covered_before=context.conversation.covered,
            epoch=context.conversation.epoch,
            understanding=an_understanding(),
            findings=findings(),
            decision=Reply(a_draft(answer)),
            says=(Outgoing(author=Author.BOT, text=answer),),
            new_owner=None,
            timings_ms={},
            mood=Mood(frustration=0.5),
        )
        assert await self.store.remember(record) is not None

    async def over(self, upto: int) -> Ended:
        """End the talk with this message, as closing a handoff does; its summary is due."""
        async with self.database.as_service() as connection:
            behind = await connection.fetchval(
                "UPDATE conversations SET resolved = $2 WHERE id = $1 RETURNING old.resolved",
                self.id,
                upto,
            )
            ended = Ended(tenant=TENANT, conversation=self.id, behind=behind, upto=upto)
            await connection.execute(
                "INSERT INTO jobs (tenant, kind, key, due_at)"
                " VALUES ($1, 'ended-talk', $2, now())",
                TENANT,
                ended.key,
            )
        return ended

    async def done(self, ended: Ended) -> None:
        """The summary is not waited for any more."""
        async with self.database.as_service() as connection:
            await connection.execute("DELETE FROM jobs WHERE key = $1", ended.key)

    async def remember(self, upto: int, *facts: Fact, text: str = "Customer: hello") -> bool:
        material = await self.memories.material(TENANT, self.id, 100)
        assert material is not None
        return await self.remember_from(material, upto, *facts, text=text)

    async def remember_from(
        self, material: Material, upto: int, *facts: Fact, text: str = "Customer: hello"
    ) -> bool:
        version = material.memory.version + 1
        memory = Memory(version=version, upto=upto, text=text, facts=facts)
        return await self.memories.put(Written(material=material, memory=memory, by="extract"))

    async def memory(self) -> Memory:
        return (await self.store.load(TENANT, self.id, 0)).memory


def amendment(kit: Kit, text: str | None) -> Amendment:
    at: datetime = NOON
    return Amendment(
        tenant=TENANT,
        conversation=kit.id,
        event=EventId("My order is A-1234."),
        text=text,
        at=at,
    )
