"""What is known of a customer decides, by the policy, who takes over and before whom."""

from dataclasses import replace

from core.clock import SystemClock
from core.domain.customers import Profile
from core.domain.ids import CustomerId, EventId
from core.domain.messages import Arrival, Channel
from core.hooks.run import NO_HOOKS
from core.nlu.phrases import load_phrases
from core.policy.load import parse
from core.postgres.conversations import PostgresConversations
from core.postgres.customers import Customer, PostgresCustomers
from core.postgres.database import Database
from core.turn.burst import Burst, Joining
from core.turn.walk import Walk
from core.turn.weigh import Rules
from tests.builders import TENANT, a_draft, a_passage, an_inbound_message, findings
from tests.fakes.understanding import LabelledUnderstander
from tests.fakes.walk import RecordingLive, ScriptedRetriever, ScriptedWriter

POLICY = """
[[rule]]
name = "gold customers first"
when.attributes.plan = "gold"
do.people = { team = "gold", priority = 5, skills = ["contracts"] }
[[rule]]
name = "asked for a person"
when.intent = ["person"]
do = "handoff"
[[rule]]
name = "big customers talk with people"
when.attributes.seats = { at_least = 100 }
do.handoff = "key accounts"
"""


def a_walk(store: PostgresConversations) -> Walk:
    return Walk(
        conversations=store,
        understander=LabelledUnderstander(),
        retriever=ScriptedRetriever(findings(a_passage())),
        writer=ScriptedWriter("Parcels take two days. [1]", a_draft()),
        live=RecordingLive(),
        clock=SystemClock(),
        phrases=load_phrases(company="Acme", bot="Ada"),
        rules=Rules(decline_below=0.5, history=20, policy=parse(POLICY)),
        hooks=NO_HOOKS,
    )


async def taken(
    database: Database, store: PostgresConversations, text: str, profile: Profile | None
) -> tuple | None:
    """Team, priority and skills of the handoff that a turn leads to; None without one."""
    talk = await store.open(TENANT, Channel.WEB, CustomerId("person-7"), text)
    message = an_inbound_message(talk.id, text)
    await store.accept(replace(message, profile=profile))
    walk = a_walk(store)
    arrival = Arrival(tenant=TENANT, conversation=talk.id, event=EventId(message.event))
    await walk.take(arrival, Burst(walk.clock, Joining()))
    async with database.as_service() as connection:
        row = await connection.fetchrow(
            "SELECT team, priority, skills FROM handoffs WHERE conversation = $1", talk.id
        )
    return None if row is None else tuple(row)


async def test_a_gold_customer_comes_first_and_to_the_right_people(database, store) -> None:
    gold = Profile(attributes={"plan": "gold"})

    assert await taken(database, store, "#person\nplease", None) == ("", 0, [])
    assert await taken(database, store, "#person\nnow", gold) == ("gold", 5, ["contracts"])
    assert await taken(database, store, "Where is it?", gold) is None


async def test_a_team_that_the_deciding_rule_names_comes_first(database, store) -> None:
    big = Profile(attributes={"plan": "gold", "seats": "250"})

    assert await taken(database, store, "Where is it?", big) == ("key accounts", 5, ["contracts"])


async def test_what_an_operator_has_noted_comes_before_what_is_told(database, store) -> None:
    who = Customer(tenant=TENANT, channel=Channel.WEB, id=CustomerId("person-7"))
    await PostgresCustomers(database).note(who, {"plan": "gold"})
    free = Profile(attributes={"plan": "free"})

    assert await taken(database, store, "#person\nplease", free) == ("gold", 5, ["contracts"])
