"""Names of customers on Slack: asked for once, kept when they change, and never owed."""

import pytest

from channels.receiving import Receiver
from channels.slack.courtesies import Courtesies
from channels.slack.names import Names
from channels.slack.taking import Taking
from core.domain.customers import NOBODY, Profile
from core.domain.messages import Channel
from core.postgres.customers import Customer, PostgresCustomers
from tests.channels.known import known_of
from tests.channels.slack.payloads import BOT, ROOM, TEAM, TS, USER, in_room, said
from tests.channels.slack.stage import Stage
from tests.fakes.slack import Refuse

ADA = {"id": USER, "name": "ada.b", "real_name": "Ada Byron", "profile": {"display_name": "Ada"}}


class Told:
    """What Slack tells, taken as a gateway does, and what is known then."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        customers = PostgresCustomers(stage.kit.database)

        async def tells(tenant, customer, profile) -> None:
            await customers.tell(
                Customer(tenant=tenant, channel=Channel.SLACK, id=customer), profile
            )

        kit = stage.kit
        names = Names(stage.calls, kit.places, stage.clock, tells)
        self.courtesies = Courtesies(stage.calls, kit.places, stage.session, names=names)
        self.taking = Taking(kit.accounts, kit.places, Receiver(kit.parts), self.courtesies)

    async def __call__(self, payload) -> None:
        await self.taking.take(payload)
        await self.courtesies.close()

    async def known(self, user: str = USER) -> Profile:
        return await known_of(self.stage.kit.database, f"{TEAM}:{user}", Channel.SLACK)

    def asked(self) -> int:
        return len(self.stage.slack.bodies("users.info"))


@pytest.fixture
def told(stage: Stage) -> Told:
    return Told(stage)


async def test_a_name_is_asked_for_once_and_again_after_hours(stage: Stage, told: Told) -> None:
    stage.slack.desk.people[USER] = ADA
    for number in range(3):
        await told(said("Hello", ts=f"178031520{number}.000100"))

    assert await told.known() == Profile(name="Ada", username="ada.b")
    assert told.asked() == 1

    stage.slack.desk.people[USER] = ADA | {"profile": {"display_name": "", "real_name": "Ada L."}}
    await stage.clock.sleep(7 * 3600)
    await told(said("Hello", ts="1780315209.000100"))
    assert (await told.known()).name == "Ada L."
    assert told.asked() == 2


async def test_without_the_scope_the_message_is_taken_all_the_same(
    stage: Stage, told: Told
) -> None:
    stage.slack.faults = lambda method, body: Refuse(error="missing_scope")

    await told(said("Hello"))
    await told(said("Again", ts="1780315209.000100"))

    assert await told.known() == NOBODY
    assert told.asked() == 1
    assert len(await stage.kit.texts(f"acme/D0001/{TS}")) == 1


async def test_of_others_in_somebodys_thread_no_name_is_asked(stage: Stage, told: Told) -> None:
    stage.slack.desk.people |= {USER: ADA, "U0002": ADA | {"id": "U0002"}}
    await told(in_room(f"<@{BOT}> How long is the warranty?"))
    await told(in_room("And mine?", user="U0002", ts="1780315300.000100", thread_ts=TS))

    assert (await told.known()).name == "Ada"
    assert await told.known("U0002") == NOBODY
    assert told.asked() == 1
    assert len(await stage.kit.texts(f"acme/{ROOM}/{TS}")) == 2
