"""What is due is done: once in effect, after a crash too."""

import asyncio
from dataclasses import dataclass, field

import pytest
from prometheus_client import CollectorRegistry

from core.domain.errors import RefusedError, RetryableError
from handoff.due import Due, TargetWatch, TicketOpener, handlers
from handoff.life import Handoff
from handoff.metrics import DeskMetrics
from handoff.moves import Claim, Close, NobodyFree
from handoff.ports import TicketRequest, Tickets
from handoff.practice import Practice
from handoff.targets import running
from tests.builders import TENANT
from tests.handoff.cast import ANN
from tests.handoff.stage import Stage


@dataclass
class Drawer(Tickets):
    """Keeps what it is given, unless it is to fail."""

    fails: list[Exception] = field(default_factory=list)
    opened: list[TicketRequest] = field(default_factory=list)

    async def open(self, request: TicketRequest) -> None:
        if self.fails:
            raise self.fails.pop()
        self.opened.append(request)


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def metrics(registry: CollectorRegistry) -> DeskMetrics:
    return DeskMetrics(registry)


def watch(stage: Stage, metrics: DeskMetrics) -> TargetWatch:
    return TargetWatch(
        desks=stage.desks,
        practices=stage.practices,
        clock=stage.clock,
        ring=stage.rung.append,
        metrics=metrics,
    )


def due(stage: Stage, metrics: DeskMetrics, tickets: Tickets | None = None) -> Due:
    opener = TicketOpener(stage.handoffs, tickets) if tickets else None
    return Due(stage.jobs, handlers(watch(stage, metrics), opener))


async def set_clocks(stage: Stage, handoff: Handoff, practice: Practice) -> None:
    facts = await stage.desks.facts(TENANT, handoff.id)
    assert facts is not None
    for clock in running(facts, practice.targets, practice.hours):
        await stage.desks.set_clock(TENANT, handoff.id, clock)


async def targets(stage: Stage) -> list[str]:
    (row,) = await stage.rows("SELECT targets FROM handoffs")
    return list(row["targets"])


async def test_what_nobody_took_becomes_one_ticket(stage: Stage, metrics: DeskMetrics) -> None:
    drawer = Drawer()
    handoff = await stage.a_request()
    await stage.handoffs.move(TENANT, handoff.id, NobodyFree())

    turns = [await due(stage, metrics, drawer).turn() for _ in range(2)]

    assert turns == [1, 0]
    assert [one.handoff for one in drawer.opened] == [handoff.id]


async def test_a_request_that_was_erased_meanwhile_needs_no_ticket(
    stage: Stage, metrics: DeskMetrics
) -> None:
    drawer = Drawer()
    handoff = await stage.a_request()
    await stage.handoffs.move(TENANT, handoff.id, NobodyFree())
    await stage.rows("DELETE FROM conversations")

    await due(stage, metrics, drawer).turn()

    assert drawer.opened == []
    assert await stage.rows("SELECT FROM jobs") == []


async def test_what_fails_is_tried_again_later(stage: Stage, metrics: DeskMetrics) -> None:
    drawer = Drawer(fails=[RetryableError("later"), ValueError("a bug")])
    handoff = await stage.a_request()
    await stage.handoffs.move(TENANT, handoff.id, NobodyFree())
    work = due(stage, metrics, drawer)

    tries = []
    for pause in (0, 1, 1, 4):
        stage.clock.passed_s += pause
        tries.append(await work.turn())

    assert tries == [1, 0, 1, 1]
    assert len(drawer.opened) == 1


async def test_what_is_refused_or_fails_for_ever_stays_to_be_looked_at(
    stage: Stage, metrics: DeskMetrics
) -> None:
    await stage.jobs.put(TENANT, "ticket", "no handoff", stage.clock.now())
    handoff = await stage.a_request()
    await stage.handoffs.move(TENANT, handoff.id, NobodyFree())
    drawer = Drawer(fails=[RefusedError("never")])
    work = due(stage, metrics, drawer)

    for _ in range(20):
        await work.turn()
        stage.clock.passed_s += 1000

    rows = await stage.rows("SELECT key, tries, stuck_at IS NOT NULL AS stuck FROM jobs")
    assert sorted((row["key"] == "no handoff", row["tries"], row["stuck"]) for row in rows) == [
        (False, 1, True),
        (True, 12, True),
    ]


async def test_without_tickets_those_that_are_wanted_wait(
    stage: Stage, metrics: DeskMetrics
) -> None:
    handoff = await stage.a_request()
    await stage.handoffs.move(TENANT, handoff.id, NobodyFree())
    assert await due(stage, metrics).turn() == 0

    drawer = Drawer()
    await due(stage, metrics, drawer).turn()

    assert len(drawer.opened) == 1


async def test_a_job_whose_process_died_is_done_by_another(stage: Stage) -> None:
    await stage.jobs.put(TENANT, "ticket", "1", stage.clock.now(), {"why": "x"})
    (dead,) = await stage.jobs.claim(10, 30, ["ticket"])
    assert await stage.jobs.claim(10, 30, ["ticket"]) == []

    stage.clock.passed_s += 30
    (job,) = await stage.jobs.claim(10, 30, ["ticket"])
    await stage.jobs.done(dead)  # it was only slow: its lease is lost
    stage.clock.passed_s += 30

    assert (job.key, job.tries, job.payload) == ("1", 2, {"why": "x"})
    assert len(await stage.jobs.claim(10, 30, ["ticket"])) == 1


async def test_many_workers_share_the_jobs(stage: Stage) -> None:
    for number in range(30):
        await stage.jobs.put(TENANT, "ticket", str(number), stage.clock.now())

    claimed = await asyncio.gather(*(stage.jobs.claim(10, 30, ["ticket"]) for _ in range(5)))

    keys = [job.key for jobs in claimed for job in jobs]
    assert sorted(keys, key=int) == [str(number) for number in range(30)]


async def test_the_first_answer_is_warned_of_and_then_missed(
    stage: Stage, metrics: DeskMetrics, registry: CollectorRegistry
) -> None:
    practice = await stage.practices.put(TENANT, "[targets]\nfirst_s = 100")
    handoff = await stage.a_request()
    await set_clocks(stage, handoff, practice)
    await set_clocks(stage, handoff, practice)
    work, seen = due(stage, metrics), []

    for pause in (74, 1, 24, 1):
        stage.clock.passed_s += pause
        await work.turn()
        seen.append(await targets(stage))

    near, missed = "first.0.near", "first.0.missed"
    assert seen == [[], [near], [near], [near, missed]]
    value = registry.get_sample_value
    labels = {"target": "first", "level": "missed"}
    assert value("switchboard_handoff_targets_total", labels) == 1


async def test_what_is_answered_in_time_is_not_marked(stage: Stage, metrics: DeskMetrics) -> None:
    practice = await stage.practices.put(
        TENANT, "[targets]\nfirst_s = 100\nnext_s = 50\nresolution_s = 500"
    )
    handoff = await stage.a_request()
    await set_clocks(stage, handoff, practice)
    taken = await stage.handoffs.move(TENANT, handoff.id, Claim(agent=ANN, name="Ann"))
    await stage.handoffs.say(taken, ANN, "Hello", "c1")
    asked = await stage.customer_says(handoff.conversation)
    await set_clocks(stage, handoff, practice)

    stage.clock.passed_s += 120
    await due(stage, metrics).turn()
    late = await targets(stage)
    await stage.handoffs.move(TENANT, handoff.id, Close(agent=ANN, name="Ann"))
    stage.clock.passed_s += 1000
    await due(stage, metrics).turn()

    assert late == [f"next.{asked}.near", f"next.{asked}.missed"]
    assert await targets(stage) == late


async def test_it_works_until_it_is_stopped(stage: Stage, metrics: DeskMetrics) -> None:
    drawer = Drawer()
    work = due(stage, metrics, drawer)
    handoff = await stage.a_request()
    await stage.handoffs.move(TENANT, handoff.id, NobodyFree())

    async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
        tasks.create_task(work.run())
        while not drawer.opened:
            await asyncio.sleep(0.01)
        work.stop()

    assert await stage.rows("SELECT FROM jobs") == []
