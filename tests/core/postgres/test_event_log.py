"""The log in Postgres, beyond what every log does: retention, leases, rights, broken links."""

import asyncio
import random
from datetime import timedelta

import asyncpg
import pytest

from core.domain.errors import LogUnavailable, SetupError
from core.domain.ids import TenantId
from core.event_log import Member, Partition, Record
from core.postgres.bell import Bell
from core.postgres.database import Database
from core.postgres.event_log import PostgresEventLog
from core.postgres.group import fair_share
from tests.contracts.logs import TOPIC, records, take, values
from tests.core.postgres.test_signals import cut, until

pytestmark = pytest.mark.slow  # real time and many connections: not for make quick

WEEK = timedelta(days=7)
ALL = 12


@pytest.mark.parametrize("partitions", [1, 12, 13])
@pytest.mark.parametrize("members", [1, 5, 12, 20])
def test_fair_shares_add_up_and_differ_by_one_at_most(partitions: int, members: int) -> None:
    numbers = [*range(100, 100 + members)]

    shares = [fair_share(partitions, numbers, me) for me in numbers]

    assert sum(shares) == partitions
    assert max(shares) - min(shares) <= 1


async def test_another_number_of_partitions_is_refused(
    database: Database, bell: Bell, log: PostgresEventLog
) -> None:
    with pytest.raises(SetupError, match="12 partitions, the settings say 24: set 12"):
        await PostgresEventLog.create(database, bell, partitions=24)


async def test_six_processes_that_start_at_once_make_the_topics_once(
    database: Database, bell: Bell
) -> None:
    logs = await asyncio.gather(*(PostgresEventLog.create(database, bell) for _ in range(6)))

    member = await logs[0].join("core", [TOPIC])
    assert len(member.assigned()) == ALL
    await logs[0].close()


async def test_a_cursor_over_ids_would_lose_what_the_same_writers_write(
    database: Database,
) -> None:
    """The reason for the counter rows: ids are taken in another order than commits are made."""
    chance = random.Random(7)
    todo = iter(range(600))

    async def write() -> None:
        for n in todo:
            async with database.as_service() as connection, connection.transaction():
                await connection.execute("INSERT INTO naive (value) VALUES ($1)", n)
                await connection.execute("SELECT pg_sleep($1)", chance.uniform(0, 0.008))

    async def read(done: asyncio.Event) -> int:
        last, seen, finished = 0, 0, False
        async with database.as_tenant(TenantId("default")) as connection:
            while not finished:
                finished = done.is_set()
                rows = await connection.fetch("SELECT id FROM naive WHERE id > $1", last)
                seen += len(rows)
                last = max((row["id"] for row in rows), default=last)
        return seen

    async with database.as_service() as connection:
        await connection.execute(
            "DROP TABLE IF EXISTS naive; CREATE TABLE naive (id bigserial PRIMARY KEY, value int);"
            " GRANT SELECT ON naive TO switchboard_tenant"
        )
    done = asyncio.Event()
    reading = asyncio.create_task(read(done))
    await asyncio.gather(*(write() for _ in range(16)))
    done.set()

    assert await reading < 600
    async with database.as_service() as connection:
        await connection.execute("DROP TABLE naive")


async def test_a_tenant_may_append_and_not_read(database: Database, log: PostgresEventLog) -> None:
    async with database.as_tenant(TenantId("default")) as connection:
        await connection.execute(
            "WITH slot AS (UPDATE log_partitions SET next = next + 1"
            " WHERE topic = 'inbound' AND part = 0 RETURNING next - 1 AS off)"
            " INSERT INTO log_records (topic, part, off, key, value)"
            " SELECT 'inbound', 0, off, '', '' FROM slot"
        )
        for forbidden in (
            "SELECT * FROM log_records",
            "DELETE FROM log_records",
            "UPDATE log_records SET value = ''",
            "DELETE FROM log_partitions",
            "UPDATE log_partitions SET topic = ''",
            "SELECT * FROM log_groups",
            "SELECT * FROM log_members",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(forbidden)


async def test_a_rolled_back_append_leaves_no_gap(
    database: Database, log: PostgresEventLog
) -> None:
    member = await log.join("core", [TOPIC])
    await log.append(records("1"))
    async with database.as_service() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("UPDATE log_partitions SET next = next + 1")
        await transaction.rollback()

    await log.append(records("2"))

    assert [r.offset for r in await take(member, 2)] == [0, 1]


async def test_a_broken_connection_begins_again_at_the_committed_position(
    database: Database, log: PostgresEventLog
) -> None:
    lost: list[Partition] = []
    member = await log.join("core", [TOPIC], None, lost.extend)
    await log.append(records("1", "2", "3"))
    taken = await take(member, 3)
    await member.commit({taken[0].partition: 1})

    await cut(database)

    assert values(await _take_whatever_breaks(member, 2)) == ["2", "3"]
    assert len(lost) == ALL


async def test_a_member_declared_dead_by_mistake_comes_back(
    database: Database, log: PostgresEventLog
) -> None:
    member = await log.join("core", [TOPIC])
    await log.append(records("1"))
    await take(member, 1)

    async with database.as_service() as connection:
        await connection.execute("DELETE FROM log_members")

    assert values(await take(member, 1)) == ["1"]
    assert len(member.assigned()) == ALL


@pytest.mark.parametrize(("lease", "share"), [("30 s", 6), ("-1 s", 12)])
async def test_a_process_that_hangs_keeps_its_partitions_for_its_lease(
    database: Database, log: PostgresEventLog, lease: str, share: int
) -> None:
    await (await log.join("core", [TOPIC])).leave()
    hanging = await database.dedicated()
    await hanging.execute("SELECT pg_advisory_lock(7306021, 999)")
    await hanging.execute(
        "INSERT INTO log_members VALUES"
        f" (999, 'core', ARRAY['inbound'], now() + interval '{lease}');"
        "UPDATE log_groups SET owner = 999 WHERE part < 6"
    )

    member = await log.join("core", [TOPIC])

    assert len(member.assigned()) == share
    await hanging.close()


async def test_a_database_that_is_away_is_said_so(database: Database, bell: Bell) -> None:
    log = await PostgresEventLog.create(database, bell)
    member = await log.join("core", [TOPIC])
    await database.close()

    with pytest.raises(LogUnavailable):
        await log.append(records("1"))
    with pytest.raises(LogUnavailable):
        await member.poll(1, 0)
    await member.leave()


async def test_trimming_removes_what_is_old_and_read(
    database: Database, log: PostgresEventLog
) -> None:
    fast, slow = await log.join("fast", [TOPIC]), await log.join("slow", [TOPIC])
    await log.append(records("1", "2", "3", "4"))
    partition = (await take(fast, 4))[0].partition
    await fast.commit({partition: 4})
    await slow.commit({partition: 2})
    await _age(database, days=8)

    removed = await log.trim(WEEK, 4 * WEEK)

    assert removed == 2
    assert values(await take(await log.join("new", [TOPIC]), 2)) == ["3", "4"]
    assert values(await take(slow, 2)) == ["3", "4"]


async def test_trimming_keeps_what_is_young(log: PostgresEventLog) -> None:
    member = await log.join("core", [TOPIC])
    await log.append(records("1"))
    await member.commit({(await take(member, 1))[0].partition: 1})

    assert await log.trim(WEEK, 4 * WEEK) == 0


async def test_a_group_that_nobody_reads_for_holds_records_only_so_long(
    database: Database, log: PostgresEventLog
) -> None:
    member = await log.join("forgotten", [TOPIC])
    await log.append(records("1", "2"))
    await _age(database, days=29)
    await log.append(records("3"))

    removed = await log.trim(WEEK, 4 * WEEK, batch=1)

    assert removed == 2
    assert sum((await member.lag()).values()) == 1
    assert values(await take(member, 1)) == ["3"]


async def _age(database: Database, days: int) -> None:
    async with database.as_service() as connection:
        await connection.execute("UPDATE log_records SET at = at - $1 * interval '1 d'", days)


async def _take_whatever_breaks(member: Member, count: int) -> list[Record]:
    """As `take`, while the member finds its way back."""
    taken: list[Record] = []

    async def enough() -> bool:
        try:
            for found in (await member.poll(10, 0.05)).values():
                taken.extend(found)
        except LogUnavailable:
            return False
        return len(taken) >= count

    await until(enough)
    return taken
