"""What is kept about customers: with the tenant's will and theirs, for a time, and not after."""

import pytest

from core.clock import SystemClock
from core.domain.customers import NOBODY, Profile
from core.domain.errors import ConversationNotFound, ProfileRefused, TenantNotFound
from core.domain.ids import CustomerId, TenantId
from core.domain.memory import Fact, Kind, Memory
from core.domain.messages import Channel
from core.postgres.customers import Customer, PostgresCustomers
from core.postgres.database import Database
from tests.builders import TENANT, an_inbound_message
from tests.core.postgres.remembering import ORDER, Kit, amendment

OTHER = TenantId("other")
VISITOR = Customer(tenant=TENANT, channel=Channel.WEB, id=CustomerId("visitor"))
LEEDS = Fact(kind=Kind.STATED, text="I live in Leeds.", seq=1)


@pytest.fixture
async def kit(database: Database) -> Kit:
    made = Kit(database)
    await made.open()
    return made


@pytest.fixture
def customers(kit: Kit) -> PostgresCustomers:
    return PostgresCustomers(kit.database)


async def agreed(kit: Kit, customers: PostgresCustomers) -> None:
    """The tenant keeps facts, the customer consented and then said something."""
    await customers.keep_days(TENANT, 30)
    await customers.consent(VISITOR)
    async with kit.database.as_service() as connection:
        await connection.execute("UPDATE consents SET at = '2026-05-01'")
    await kit.say("My order is A-1234.")


async def later(kit: Kit) -> Memory:
    """The memory in another conversation of the same customer."""
    opened = await kit.store.open(TENANT, Channel.WEB, CustomerId("visitor"), "second")
    return (await kit.store.load(TENANT, opened.id, 20)).memory


async def test_a_fact_is_kept_with_its_origin_and_known_in_the_next_conversation(
    kit: Kit, customers: PostgresCustomers
) -> None:
    await agreed(kit, customers)

    await customers.keep(TENANT, kit.id, [LEEDS])

    (known,) = await customers.known(VISITOR)
    assert (known.fact, known.conversation) == (LEEDS, kit.id)
    assert 29 <= (known.expires_at - SystemClock().now()).days <= 30
    assert (await later(kit)).customer == ("I live in Leeds.",)
    assert (await kit.memory()).customer == ()


@pytest.mark.parametrize("missing", ["tenant", "consent"])
async def test_nothing_is_kept_unless_both_agree(
    kit: Kit, customers: PostgresCustomers, missing: str
) -> None:
    await agreed(kit, customers)
    if missing == "tenant":
        await customers.keep_days(TENANT, None)
    else:
        await customers.withdraw(VISITOR)

    await customers.keep(TENANT, kit.id, [LEEDS])

    assert await customers.known(VISITOR) == ()
    assert (await later(kit)).customer == ()


async def test_what_was_said_before_the_consent_is_not_kept(
    kit: Kit, customers: PostgresCustomers
) -> None:
    await agreed(kit, customers)
    async with kit.database.as_service() as connection:
        await connection.execute("UPDATE consents SET at = '2026-07-01'")

    await customers.keep(TENANT, kit.id, [LEEDS])

    assert await customers.known(VISITOR) == ()


async def test_a_fact_expires_and_is_cleared_away(kit: Kit, customers: PostgresCustomers) -> None:
    await agreed(kit, customers)
    await customers.keep(TENANT, kit.id, [LEEDS])
    async with kit.database.as_service() as connection:
        await connection.execute("UPDATE customer_facts SET expires_at = now() - '1 s'::interval")

    assert (await later(kit)).customer == ()
    assert await customers.known(VISITOR) == ()
    await customers.keep(TENANT, kit.id, [])
    async with kit.database.as_service() as connection:
        assert await connection.fetchval("SELECT count(*) FROM customer_facts") == 0


async def test_what_is_said_again_is_kept_longer(kit: Kit, customers: PostgresCustomers) -> None:
    await agreed(kit, customers)
    await customers.keep(TENANT, kit.id, [LEEDS])
    await customers.keep_days(TENANT, 60)

    await customers.keep(TENANT, kit.id, [LEEDS, LEEDS])

    (known,) = await customers.known(VISITOR)
    assert (known.expires_at - SystemClock().now()).days >= 59


@pytest.mark.parametrize("text", ["I live in York.", None], ids=["edited", "taken back"])
async def test_words_that_changed_are_not_known_any_more(
    kit: Kit, customers: PostgresCustomers, text: str | None
) -> None:
    await agreed(kit, customers)
    await customers.keep(TENANT, kit.id, [LEEDS])

    await kit.store.amend(amendment(kit, text))

    assert (await later(kit)).customer == ()


async def test_a_consent_that_is_withdrawn_takes_the_facts_with_it(
    kit: Kit, customers: PostgresCustomers
) -> None:
    await agreed(kit, customers)
    await customers.keep(TENANT, kit.id, [LEEDS])

    await customers.withdraw(VISITOR)
    await customers.consent(VISITOR)

    assert await customers.known(VISITOR) == ()


async def test_a_customer_is_forgotten_on_request_and_the_transcript_stays(
    kit: Kit, customers: PostgresCustomers
) -> None:
    await agreed(kit, customers)
    await kit.remember(2, ORDER)
    await customers.keep(TENANT, kit.id, [LEEDS])
    assert [talk.version for talk in await customers.talks(VISITOR)] == [1]

    assert await customers.forget(VISITOR) == 1

    assert await customers.known(VISITOR) == ()
    assert (await later(kit)).customer == ()
    assert await kit.memory() == Memory(upto=2)
    assert (await kit.store.load(TENANT, kit.id, 20)).history == ()
    assert await kit.memories.recall(TENANT, kit.id) == ()
    assert len(await kit.store.since(TENANT, kit.id, 0, 9)) == 2
    await left_nothing(kit, "memories", "customer_facts", "consents")


async def test_a_summary_that_was_being_written_is_not_kept_when_forgotten_meanwhile(
    kit: Kit, customers: PostgresCustomers
) -> None:
    await agreed(kit, customers)
    material = await kit.memories.material(TENANT, kit.id, 100)
    await customers.forget(VISITOR)

    assert material is not None
    assert not await kit.remember_from(material, 2, ORDER)
    await customers.keep_days(TENANT, 30)
    await customers.consent(VISITOR)
    await customers.keep(TENANT, kit.id, [LEEDS])

    await left_nothing(kit, "memories", "customer_facts")


async def test_one_conversation_is_forgotten_alone(kit: Kit, customers: PostgresCustomers) -> None:
    await agreed(kit, customers)
    await kit.remember(2, ORDER)
    await customers.keep(TENANT, kit.id, [LEEDS])

    assert await customers.forget_one(TENANT, kit.id)
    assert not await customers.forget_one(OTHER, kit.id)

    await left_nothing(kit, "memories", "customer_facts")


async def test_a_customer_is_erased_with_every_message(
    kit: Kit, customers: PostgresCustomers
) -> None:
    await agreed(kit, customers)
    await kit.remember(2, ORDER)
    await customers.keep(TENANT, kit.id, [LEEDS])

    assert await customers.erase(VISITOR) == 1

    with pytest.raises(ConversationNotFound):
        await kit.store.load(TENANT, kit.id, 20)
    with pytest.raises(ConversationNotFound):
        await kit.store.accept(an_inbound_message(kit.id))
    await left_nothing(
        kit, "memories", "customer_facts", "consents", "conversations", "messages", "turns"
    )


async def test_nothing_of_one_tenants_customers_is_seen_or_forgotten_by_another(
    kit: Kit, customers: PostgresCustomers
) -> None:
    await agreed(kit, customers)
    await customers.keep(TENANT, kit.id, [LEEDS])
    theirs = Customer(tenant=OTHER, channel=Channel.WEB, id=CustomerId("visitor"))

    assert await customers.known(theirs) == ()
    assert await customers.talks(theirs) == ()
    assert await customers.forget(theirs) == 0
    assert await customers.erase(theirs) == 0
    await customers.withdraw(theirs)

    assert len(await customers.known(VISITOR)) == 1
    async with kit.database.as_tenant(OTHER) as connection:
        for table in ("customer_facts", "consents"):
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0
            assert await connection.execute(f"DELETE FROM {table}") == "DELETE 0"


async def test_a_tenant_that_is_not_there_is_refused(customers: PostgresCustomers) -> None:
    nobody = Customer(tenant=TenantId("nobody"), channel=Channel.WEB, id=CustomerId("x"))

    with pytest.raises(TenantNotFound):
        await customers.consent(nobody)
    with pytest.raises(TenantNotFound):
        await customers.keep_days(nobody.tenant, 3)


async def left_nothing(kit: Kit, *tables: str) -> None:
    async with kit.database.as_service() as connection:
        for table in tables:
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0, table


ADA = Profile(name="Ada", email="ada@example.com", attributes={"plan": "free", "seats": "5"})


async def test_what_an_operator_notes_comes_before_what_is_told_and_outlives_it(
    customers: PostgresCustomers,
) -> None:
    await customers.note(VISITOR, {"plan": "gold"})
    await customers.tell(VISITOR, ADA)

    known = await customers.profile(VISITOR)
    assert (known.name, known.attributes) == ("Ada", {"plan": "gold", "seats": "5"})
    await customers.tell(VISITOR, NOBODY)
    assert await customers.profile(VISITOR) == Profile(attributes={"plan": "gold"})
    assert await customers.note(VISITOR, {"plan": ""}) == NOBODY


async def test_there_are_no_more_attributes_than_a_rule_may_want_to_see(
    customers: PostgresCustomers,
) -> None:
    await customers.note(VISITOR, {f"a{n}": "x" for n in range(20)})

    with pytest.raises(ProfileRefused, match="at most 20 attributes"):
        await customers.note(VISITOR, {"b": "x"})
    assert len((await customers.profile(VISITOR)).attributes) == 20


@pytest.mark.parametrize("erased", [False, True])
async def test_who_is_forgotten_has_no_name_and_others_keep_theirs(
    kit: Kit, customers: PostgresCustomers, erased: bool
) -> None:
    others = [
        Customer(tenant=OTHER, channel=Channel.WEB, id=VISITOR.id),
        Customer(tenant=TENANT, channel=Channel.API, id=VISITOR.id),
        Customer(tenant=TENANT, channel=Channel.WEB, id=CustomerId("visitor-2")),
    ]
    for who in (VISITOR, *others):
        await customers.tell(who, ADA)

    await (customers.erase(VISITOR) if erased else customers.forget(VISITOR))

    assert await customers.profile(VISITOR) == NOBODY
    assert [await customers.profile(who) for who in others] == [ADA] * 3


async def test_nobody_is_known_to_a_tenant_that_is_not_there(customers) -> None:
    with pytest.raises(TenantNotFound):
        await customers.tell(
            Customer(tenant=TenantId("nobody"), channel=Channel.WEB, id=VISITOR.id), ADA
        )
