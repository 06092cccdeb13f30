"""What a lead sees: every number has its rows, and the same rows."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest

from core.domain.ids import TenantId
from handoff.console.lead_views import Asked, Slice
from handoff.overview import UNASKED
from handoff.people.audit import Sealing
from handoff.postgres.attendance import PostgresAttendance
from handoff.postgres.audit import Notary
from handoff.postgres.overview import PostgresOverview
from tests.builders import TENANT
from tests.handoff.cast import ANN, BO
from tests.handoff.postgres.a_day import Request, store
from tests.handoff.stage import OTHER, Stage

MISSED = ("first.0.near", "first.0.missed")
ONE_EACH = {"waiting", "talking", "completed", "abandoned", "nobody_free", "out_of_hours"}


def at(clock: str, day: int = 1) -> datetime:
    return datetime.fromisoformat(f"2026-06-{day:02d}T{clock}").replace(tzinfo=UTC)


def a_day() -> list[Request]:
    """Eight requests of the first of June, and three that are not of it."""
    praised = {"asked_to_rate": True, "thumb": "up", "comment": "Quick and kind"}
    blamed = {"asked_to_rate": True, "thumb": "down", "why": "slow"}
    done, late = "wrapped_up", at("23:59:59") - timedelta(days=1)
    return [
        Request(at=at("00:00:00"), state=done, taken_after_s=60, **praised),
        Request(at=at("09:10"), state="returned", taken_after_s=120, **blamed),
        Request(at=at("09:20"), state=done, taken_after_s=300, asked_to_rate=True),
        Request(at=at("09:30"), state="active", taken_after_s=600, targets=MISSED),
        Request(at=at("10:00"), state="queued"),
        Request(at=at("10:30"), state="abandoned", cause="taken_back"),
        Request(at=at("11:00"), state="expired", cause="out_of_hours"),
        Request(at=at("11:10"), state="expired", cause="nobody_free", targets=MISSED),
        Request(at=late, state=done, taken_after_s=5_000),
        Request(at=at("10:05"), state="active", taken_after_s=0, reason=UNASKED),
        Request(at=at("10:00"), state="queued", tenant=OTHER),
    ]


@pytest.fixture
def overview(stage: Stage) -> PostgresOverview:
    notary = Notary(Sealing([b"key"]), stage.clock)
    attendance = PostgresAttendance(
        stage.database, stage.clock, notary, stage.rung.append, practices=stage.practices
    )
    return PostgresOverview(
        stage.database, stage.clock, practices=stage.practices, attendance=attendance
    )


async def all_behind(overview: PostgresOverview, wanted: Slice, size: int = 3) -> Sequence[Asked]:
    """All pages of a list, and its number, which each page has."""
    found, after = [], None
    while True:
        page, after = await overview.behind(TENANT, wanted, None, after, size)
        found += page.requests
        if after is None:
            assert page.n == len(found)
            return found


async def test_a_day_is_counted_as_by_hand(stage: Stage, overview: PostgresOverview) -> None:
    await store(stage.database, *a_day())

    day = await overview.day(TENANT, None)

    assert day.day == date(2026, 6, 1)
    assert day.numbers == {
        "requested": 8,
        "accepted": 4,
        "waiting": 1,
        "talking": 1,
        "completed": 3,
        "abandoned": 1,
        "nobody_free": 1,
        "out_of_hours": 1,
        "missed": 2,
        "rated_up": 1,
        "rated_down": 1,
        "unrated": 1,
    }
    assert (day.median_s, day.p95_s) == (120, 600)


async def test_what_is_behind_a_number_is_as_many(
    stage: Stage, overview: PostgresOverview
) -> None:
    await store(stage.database, *a_day())
    day = await overview.day(TENANT, None)

    behind = {each: await all_behind(overview, each) for each in get_args(Slice)}

    assert {each: len(found) for each, found in behind.items()} == day.numbers
    of_one = [one.handoff for each in ONE_EACH for one in behind[each]]
    assert sorted(of_one) == sorted(one.handoff for one in behind["requested"])
    assert [one.requested_at for one in behind["accepted"]] == [
        at("09:30"),
        at("09:20"),
        at("09:10"),
        at("00:00"),
    ]
    assert sorted(one.wait_s for one in behind["accepted"]) == [60, 120, 300, 600]
    (praised,), (blamed,) = behind["rated_up"], behind["rated_down"]
    assert (praised.thumb, praised.comment) == ("up", "Quick and kind")
    assert (blamed.thumb, blamed.why) == ("down", "slow")


async def test_a_day_without_requests_has_no_waits(
    stage: Stage, overview: PostgresOverview
) -> None:
    await store(stage.database, *a_day())

    day = await overview.day(TENANT, date(2026, 6, 3))

    assert set(day.numbers.values()) == {0}
    assert (day.median_s, day.p95_s) == (None, None)


async def test_a_day_is_one_of_the_desks_zone(stage: Stage, overview: PostgresOverview) -> None:
    hours = '[hours]\nzone = "Asia/Shanghai"\nmonday = ["09:00-18:00"]\n'
    await stage.practices.put(TENANT, hours)
    before, after = at("15:59:59"), at("16:00:00")
    await store(stage.database, *(Request(at=one, state="queued") for one in (before, after)))

    first = await overview.day(TENANT, date(2026, 6, 1))
    second = await overview.day(TENANT, date(2026, 6, 2))

    assert (first.numbers["requested"], second.numbers["requested"]) == (1, 1)
    assert second.begins == after


async def test_another_tenant_sees_its_own(stage: Stage, overview: PostgresOverview) -> None:
    await store(stage.database, *a_day())

    day, now = await overview.day(OTHER, None), await overview.now(OTHER)

    assert day.numbers["requested"] == 1
    assert (len(now.waiting), now.agents, now.others) == (1, [], [])
    assert (await overview.now(TenantId("third"))).waiting == []


async def test_who_waits_stands_with_their_place_and_their_wait(
    stage: Stage, overview: PostgresOverview
) -> None:
    first = await stage.a_request("1", customer="u1")
    stage.clock.passed_s += 10
    second = await stage.a_request("2")
    await store(
        stage.database,
        *(Request(at=stage.clock.now(), state="wrapped_up", taken_after_s=0) for _ in range(6)),
    )
    async with stage.database.as_service() as connection:
        await connection.execute("UPDATE handoffs SET priority = 2 WHERE id = $1", second.id)
        await connection.execute(
            "INSERT INTO customers (tenant, channel, customer, told)"
            """ VALUES ('default', 'web', 'u1', '{"name": "Kim Park"}')"""
        )

    waiting = (await overview.now(TENANT)).waiting

    assert [one.conversation for one in waiting] == [first.conversation, second.conversation]
    assert [(one.position, one.priority) for one in waiting] == [(2, 0), (1, 2)]
    assert [one.expected_s for one in waiting] == [600, 300]
    assert [one.customer_name for one in waiting] == ["Kim Park", ""]


async def test_agents_stand_with_their_talks_the_longest_first(
    stage: Stage, overview: PostgresOverview
) -> None:
    await stage.an_agent(ANN, capacity=3)
    await stage.an_agent(BO, "Bo")
    old, new = Request(at=at("10:00"), state="active", taken_after_s=5), at("11:00")
    await store(stage.database, Request(at=new, state="active", taken_after_s=1), old)

    ann, bo = (await overview.now(TENANT)).agents

    assert (ann.name, ann.presence, ann.capacity, len(ann.talks)) == ("Ann", "online", 3, 2)
    assert (ann.talks[0].conversation, ann.talks[0].since) == (old.id, at("10:00:05"))
    assert (bo.talks, bo.offers) == ([], 0)


async def test_talks_of_who_is_gone_are_not_lost(stage: Stage, overview: PostgresOverview) -> None:
    await store(stage.database, Request(at=at("10:00"), state="active", taken_after_s=5))

    now = await overview.now(TENANT)

    assert (now.agents, len(now.others)) == ([], 1)


async def test_targets_at_risk_come_first_due_first(
    stage: Stage, overview: PostgresOverview
) -> None:
    await stage.practices.put(TENANT, "[targets]\nfirst_s = 100\nresolution_s = 1000\n")
    missed = await stage.a_request("1")
    stage.clock.passed_s += 20
    near = await stage.a_request("2")
    stage.clock.passed_s += 60
    await stage.a_request("3")
    stage.clock.passed_s += 20

    risks = (await overview.now(TENANT)).risks

    assert [(one.conversation, one.target, one.level) for one in risks] == [
        (missed.conversation, "first", "missed"),
        (near.conversation, "first", "near"),
    ]
