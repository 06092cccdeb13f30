"""What customers think of talks with people: once per talk, for a while, and erasable."""

import pytest

from channels.postgres.feedback import PostgresFeedback
from channels.ratings import TalkRating, Thumb
from core.domain.conversation import Conversation
from core.domain.errors import TalkNotFound
from core.domain.ids import CustomerId, TenantId
from core.domain.messages import Channel
from core.postgres.conversations import PostgresConversations
from core.postgres.customers import Customer, PostgresCustomers
from core.postgres.database import Database
from tests.builders import TENANT
from tests.channels.people import People
from tests.fakes.clock import FakeClock

WEEK_S = 604_800


class Kit:
    """A conversation in which somebody talked, and where its rating goes."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = FakeClock()
        self.store = PostgresConversations(database, self.clock, lambda topic: None)
        self.people = People(database, clock=self.clock)
        self.feedback = PostgresFeedback(database, self.clock, lambda topic: None)

    async def a_conversation(self, address: str = "1") -> Conversation:
        return await self.store.open(TENANT, Channel.WEB, CustomerId("ann"), address)

    async def given(self) -> list[tuple]:
        async with self.database.as_service() as connection:
            rows = await connection.fetch("SELECT thumb, reason, comment FROM handoff_ratings")
        return [tuple(row) for row in rows]


@pytest.fixture
def kit(database: Database) -> Kit:
    return Kit(database)


async def test_it_can_be_changed_until_it_is_too_late(kit: Kit) -> None:
    talk = await kit.a_conversation()
    handoff = await kit.people.talked(talk.id)
    down = TalkRating(handoff=handoff.id, thumb=Thumb.DOWN, reason="slow", comment="An hour.")
    up = TalkRating(handoff=handoff.id, thumb=Thumb.UP)

    await kit.feedback.rate_talk(TENANT, talk.id, down)
    await kit.clock.sleep(WEEK_S - 1)
    await kit.feedback.rate_talk(TENANT, talk.id, up)
    await kit.clock.sleep(1)
    with pytest.raises(TalkNotFound):
        await kit.feedback.rate_talk(TENANT, talk.id, down)

    assert await kit.given() == [("up", None, None)]


async def test_what_nobody_was_asked_about_cannot_be_rated(kit: Kit) -> None:
    talk = await kit.a_conversation()
    waits = await kit.people.asked(talk.id)
    await kit.people.care.bot_instead(TENANT, talk.id)

    with pytest.raises(TalkNotFound):
        await kit.feedback.rate_talk(TENANT, talk.id, TalkRating(handoff=waits.id, thumb=Thumb.UP))


async def test_another_tenant_s_talk_and_another_conversation_s_are_unknown(kit: Kit) -> None:
    talk, other = await kit.a_conversation(), await kit.a_conversation("2")
    handoff = await kit.people.talked(talk.id)
    rating = TalkRating(handoff=handoff.id, thumb=Thumb.UP)

    for tenant, conversation in ((TenantId("other"), talk.id), (TENANT, other.id)):
        with pytest.raises(TalkNotFound):
            await kit.feedback.rate_talk(tenant, conversation, rating)

    assert await kit.given() == [(None, None, None)]


async def test_who_is_erased_leaves_no_rating_and_no_comment(kit: Kit) -> None:
    talk = await kit.a_conversation()
    handoff = await kit.people.talked(talk.id)
    rating = TalkRating(handoff=handoff.id, thumb=Thumb.DOWN, comment="I am Ann Lee of 5 Elm St.")
    await kit.feedback.rate_talk(TENANT, talk.id, rating)

    who = Customer(tenant=TENANT, channel=Channel.WEB, id=CustomerId("ann"))
    await PostgresCustomers(kit.database).erase(who)

    assert await kit.given() == []
