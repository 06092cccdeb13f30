"""The people's side of a database, for tests of channels: requests, agents, and the way back."""

from datetime import datetime, timedelta

from core.clock import SystemClock
from core.domain.ids import ConversationId, HandoffId
from core.ports import Clock, Live
from core.postgres.database import Database
from handoff.life import Handoff, Wants
from handoff.moves import Admit, Claim, Close, OutOfHours
from handoff.postgres.agents import PostgresAgents
from handoff.postgres.care import PostgresCare
from handoff.postgres.desks import PostgresDesks
from handoff.postgres.handoffs import PostgresHandoffs
from handoff.postgres.practices import PostgresPractices
from handoff.timers import next_open
from tests.builders import TENANT
from tests.fakes.live import LocalLive
from tests.handoff.cast import ANN

TAKE = Claim(agent=ANN, name="Ann")
CLOSE = Close(agent=ANN, name="Ann")


class People:
    """All parts over one database."""

    def __init__(
        self, database: Database, live: Live | None = None, clock: Clock | None = None
    ) -> None:
        clock = clock or SystemClock()
        self.clock = clock
        self.practices = PostgresPractices(database, clock, keep_s=0)
        self.agents = PostgresAgents(database, clock, practices=self.practices)
        self.handoffs = PostgresHandoffs(
            database,
            clock,
            lambda topic: None,
            live=live or LocalLive(),
            practices=self.practices,
        )
        self.care = PostgresCare(
            database,
            clock,
            handoffs=self.handoffs,
            desks=PostgresDesks(database, clock, agents=self.agents),
            practices=self.practices,
            keep_s=0,
        )

    async def asked(self, conversation: ConversationId, language: str = "") -> Handoff:
        """The customer has asked for a person, and waits."""
        wants = Wants(reason="asked for a person", language=language)
        handoff = await self.handoffs.request(TENANT, conversation, wants)
        return await self.handoffs.move(TENANT, handoff.id, Admit(position=None))

    async def taken(self, handoff: HandoffId) -> Handoff:
        """Ann has it."""
        return await self.handoffs.move(TENANT, handoff, TAKE)

    async def talked(self, conversation: ConversationId) -> Handoff:
        """Somebody was asked for, and Ann has talked with the customer."""
        return await self.finished((await self.asked(conversation)).id)

    async def finished(self, handoff: HandoffId) -> Handoff:
        """Ann has taken it, said something, and closed it."""
        talk = await self.taken(handoff)
        await self.handoffs.say(talk, ANN, "I have looked into it.", "1")
        return await self.handoffs.move(TENANT, handoff, CLOSE)

    async def closed_until(self, conversation: ConversationId) -> datetime:
        """Asked for out of hours; when people are back."""
        day = f"{self.clock.now() + timedelta(days=3):%A}".lower()
        hours = f'[hours]\nzone = "UTC"\n{day} = ["09:00-17:00"]\n'
        practice = await self.practices.put(TENANT, hours)
        back_at = next_open(practice.hours, self.clock.now())
        assert back_at is not None
        handoff = await self.asked(conversation)
        await self.handoffs.move(TENANT, handoff.id, OutOfHours(back_at))
        return back_at
