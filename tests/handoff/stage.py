"""A tenant with conversations, agents and a desk, on a database of its own."""

from typing import Any

from core.domain.conversation import Conversation
from core.domain.customers import Profile as Known
from core.domain.ids import AgentId, ConversationId, CustomerId, TenantId
from core.domain.messages import Channel, Message
from core.postgres.conversations import PostgresConversations
from core.postgres.customers import Customer, PostgresCustomers
from core.postgres.database import Database
from handoff.life import Handoff, Wants
from handoff.postgres.agents import PostgresAgents, Profile
from handoff.postgres.desks import PostgresDesks
from handoff.postgres.handoffs import PostgresHandoffs
from handoff.postgres.jobs import PostgresJobs
from handoff.postgres.practices import PostgresPractices
from tests.builders import TENANT, an_inbound_message
from tests.fakes.clock import FakeClock
from tests.fakes.live import LocalLive

OTHER = TenantId("other")
WANTS = Wants(reason="asked for a person")


class Stage:
    """All parts, and what a customer does."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = FakeClock()
        self.rung: list[str] = []
        self.live = LocalLive()
        self.conversations = PostgresConversations(database, self.clock, self.rung.append)
        self.practices = PostgresPractices(database, self.clock, keep_s=0)
        self.agents = PostgresAgents(database, self.clock, practices=self.practices)
        self.desks = PostgresDesks(database, self.clock, agents=self.agents)
        self.jobs = PostgresJobs(database, self.clock)
        self.handoffs = self.another_process()

    def another_process(self) -> PostgresHandoffs:
        return PostgresHandoffs(
            self.database,
            self.clock,
            self.rung.append,
            live=self.live,
            practices=self.practices,
        )

    async def prepare(self) -> None:
        async with self.database.as_service() as connection:
            await connection.execute(
                "INSERT INTO log_partitions (topic, part)"
                " SELECT 'inbound', generate_series(0, 11) ON CONFLICT DO NOTHING;"
                " INSERT INTO tenants (id, name) VALUES ('other', 'Other')"
            )

    async def a_conversation(self, customer: str = "visitor", address: str = "1") -> Conversation:
        return await self.conversations.open(TENANT, Channel.WEB, CustomerId(customer), address)

    async def knows(self, profile: Known, customer: str = "visitor") -> None:
        """A customer's channel tells who they are."""
        who = Customer(tenant=TENANT, channel=Channel.WEB, id=CustomerId(customer))
        await PostgresCustomers(self.database).tell(who, profile)

    async def a_request(self, address: str = "1", wants: Wants = WANTS, **who: str) -> Handoff:
        opened = await self.a_conversation(address=address, **who)
        return await self.handoffs.request(TENANT, opened.id, wants)

    async def an_agent(self, agent: AgentId, name: str = "Ann", **profile: Any) -> None:
        await self.agents.put(TENANT, Profile(id=agent, name=name, **profile))
        await self.agents.seen(TENANT, agent)

    async def customer_says(self, conversation: ConversationId, text: str = "Hello?") -> int:
        event = str(self.clock.new_id())
        accepted = await self.conversations.accept(
            an_inbound_message(conversation, text, event=event)
        )
        return accepted.seq

    async def transcript(self, conversation: ConversationId) -> list[Message]:
        return list(await self.conversations.since(TENANT, conversation, 0, 1000))

    async def now(self, conversation: ConversationId) -> Conversation:
        return await self.conversations.conversation(TENANT, conversation)

    async def rows(self, query: str, *values: object) -> list[Any]:
        async with self.database.as_service() as connection:
            return list(await connection.fetch(query, *values))
