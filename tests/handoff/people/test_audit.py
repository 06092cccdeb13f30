"""The chain shows what was left out, changed, added or cut off."""

import asyncio

import asyncpg
import pytest

from core.clock import SystemClock
from core.domain.ids import TenantId
from core.postgres.database import Database
from handoff.people.account import Actor
from handoff.people.audit import Act, Sealing
from handoff.postgres.audit import Notary, PostgresAuditLog
from tests.builders import NOON, TENANT

SEALING = Sealing([b"key"])
BO = Actor(tenant=TENANT, name="person:bo", may=frozenset())


@pytest.fixture
def log(database: Database) -> PostgresAuditLog:
    return PostgresAuditLog(database, SEALING)


async def note(database: Database, number: int, sealing: Sealing = SEALING) -> None:
    act = Act(act="conversation.take", object=f"conversation:{number}", detail={"n": number})
    async with database.as_tenant(TENANT) as connection, connection.transaction():
        await Notary(sealing, SystemClock()).note(connection, BO, act)


@pytest.fixture
async def ten(database: Database) -> None:
    for number in range(10):
        await note(database, number)


async def tampered(database: Database, statement: str) -> None:
    """As somebody who owns the database could."""
    async with database.as_service() as connection:
        await connection.execute("ALTER TABLE audit DISABLE TRIGGER audit_stays")
        await connection.execute(statement)
        await connection.execute("ALTER TABLE audit ENABLE TRIGGER audit_stays")


async def test_entries_written_at_once_are_one_chain(database, log) -> None:
    await asyncio.gather(*(note(database, number) for number in range(20)))

    verdict = await log.verify(TENANT)

    assert (verdict.entries, verdict.broken) == (20, ())


@pytest.mark.usefixtures("ten")
async def test_an_act_that_is_rolled_back_leaves_no_entry(database, log) -> None:
    async with database.as_tenant(TENANT) as connection:
        acting = connection.transaction()
        await acting.start()
        act = Act(act="x", object="y", detail={})
        await Notary(SEALING, SystemClock()).note(connection, BO, act)
        await acting.rollback()

    assert (await log.verify(TENANT)).entries == 10


@pytest.mark.usefixtures("ten")
@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit SET actor = 'person:ann' WHERE seq = 4", (4,)),
        ("UPDATE audit SET detail = '{\"n\": 5}' WHERE seq = 4", (4,)),
        ("UPDATE audit SET at = at + interval '1 day' WHERE seq = 4", (4,)),
        ("DELETE FROM audit WHERE seq = 4", (4, 5)),
        ("DELETE FROM audit WHERE seq = 10", (10,)),
        ("UPDATE audit SET mac = sha256('x') WHERE seq = 4", (4, 5)),
    ],
)
async def test_what_was_changed_shows(database, log, statement: str, broken: tuple) -> None:
    await tampered(database, statement)

    assert (await log.verify(TENANT)).broken == broken


@pytest.mark.usefixtures("ten")
@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"])
async def test_the_service_itself_changes_nothing(database, statement: str) -> None:
    with pytest.raises(asyncpg.PostgresError):
        async with database.as_tenant(TENANT) as connection:
            await connection.execute(statement)
    with pytest.raises(asyncpg.RaiseError, match="not changed"):
        async with database.as_service() as connection:
            await connection.execute(statement)


@pytest.mark.usefixtures("ten")
async def test_old_entries_are_let_go_and_the_rest_still_verifies(log) -> None:
    fourth = (await log.entries(TENANT, 3, 1))[0].at

    gone = await log.let_go(TENANT, fourth)
    again = await log.let_go(TENANT, fourth)
    verdict = await log.verify(TENANT)

    assert (gone, again) == (3, 0)
    assert (verdict.entries, verdict.broken) == (7, ())


@pytest.mark.usefixtures("ten")
async def test_another_key_seals_on_while_the_old_one_is_known(database) -> None:
    both = Sealing([b"new", b"key"])
    await note(database, 11, both)

    assert (await PostgresAuditLog(database, both).verify(TENANT)).broken == ()
    assert (await PostgresAuditLog(database, Sealing([b"new"])).verify(TENANT)).broken


@pytest.mark.usefixtures("ten")
async def test_tenants_have_chains_of_their_own(log) -> None:
    other = TenantId("other")

    assert await log.entries(other, 0, 10) == []
    assert (await log.verify(other)).entries == 0
    assert await log.let_go(other, NOON) == 0
