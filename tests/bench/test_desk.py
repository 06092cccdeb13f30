"""A short day at the desk, and that the simulation sees a desk that does wrong."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest

from handoff.moves import Offer
from handoff.plan import Desk, Planned, plan
from handoff.practice import Practice
from tests.bench.desk import figures
from tests.bench.desk_day import Day
from tests.bench.desk_simulation import Simulation

SHORT = Day(agents=6, conversations=150, length_s=3600, talk_s=420)


@pytest.mark.parametrize("seed", [1, 2])
def test_on_a_short_day_nobody_has_too_much_and_nobody_waits_for_nothing(seed: int) -> None:
    found = figures(Simulation(replace(SHORT, seed=seed)).run())

    assert sum(found["ends"].values()) == SHORT.conversations
    assert found["utilisation"] > 0.6
    assert {
        name: found[name]
        for name in (
            "over_capacity",
            "stranded",
            "waited_beside_a_free_slot",
            "asked_twice_in_a_row",
        )
    } == {
        "over_capacity": 0,
        "stranded": 0,
        "waited_beside_a_free_slot": 0,
        "asked_twice_in_a_row": 0,
    }


def test_the_same_seed_gives_the_same_day() -> None:
    assert figures(Simulation(SHORT).run()) == figures(Simulation(SHORT).run())


def test_a_higher_priority_waits_less() -> None:
    waits = figures(Simulation(SHORT).run())["waits"]

    assert waits["priority 2"]["p50_s"] < waits["priority 0"]["p50_s"] / 2


def test_a_desk_that_dawdles_is_seen() -> None:
    def dawdling(desk: Desk, practice: Practice, now: datetime) -> Sequence[Planned]:
        return [one for one in plan(desk, practice, now) if now.second < 30 or not _offers(one)]

    assert figures(Simulation(SHORT, dawdling).run())["waited_beside_a_free_slot"] > 0


def test_a_desk_that_overloads_people_is_seen() -> None:
    def pressing(desk: Desk, practice: Practice, now: datetime) -> Sequence[Planned]:
        eager = [replace(one, capacity=one.capacity + 1) for one in desk.people]
        return plan(replace(desk, people=eager), practice, now)

    assert figures(Simulation(SHORT, pressing).run())["over_capacity"] == 1


def _offers(planned: Planned) -> bool:
    return isinstance(planned.move, Offer)
