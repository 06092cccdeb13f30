"""What a lead may do with handoffs of others."""

from datetime import timedelta

import pytest

from handoff.errors import MoveRefused
from handoff.leading import Assign, Prioritise, Route
from handoff.life import Active, Expired, Move, Offered, Queued, Requested, State, step
from tests.builders import NOON
from tests.handoff.cast import ANN, BO, SOON, a_handoff

TO_BO = Assign(to=BO, to_name="Bo", until=SOON, had="Ann")
WAITING = (Requested(), Queued(), Offered(agent=ANN, until=SOON))


@pytest.mark.parametrize("state", [*WAITING, Active(ANN)])
def test_whoever_has_it_another_can_be_asked(state: State) -> None:
    made = step(a_handoff(state), TO_BO, NOON)

    assert made.handoff.state == Offered(agent=BO, until=SOON)
    assert made.handoff.epoch == 1 + isinstance(state, Active)


@pytest.mark.parametrize("move", [TO_BO, Route(team="billing", had="Ann")])
@pytest.mark.parametrize("state", [*WAITING, Active(ANN)])
def test_only_who_talks_hears_of_another(state: State, move: Move) -> None:
    said = [line.phrase for line in step(a_handoff(state), move, NOON).says]

    assert said == (["passed_on"] if isinstance(state, Active) else [])


@pytest.mark.parametrize("state", [*WAITING, Active(ANN)])
def test_a_team_has_it_next_and_nobody_is_asked_any_more(state: State) -> None:
    after = step(a_handoff(state), Route(team="billing"), NOON).handoff

    assert (after.state, after.wants.team) == (Queued(), "billing")


@pytest.mark.parametrize("state", WAITING)
def test_a_priority_leaves_everything_else_as_it_is(state: State) -> None:
    before = a_handoff(state)

    after = step(before, Prioritise(3), NOON).handoff

    assert after.wants.priority == 3
    assert (after.state, after.epoch) == (before.state, before.epoch)


@pytest.mark.parametrize(
    ("state", "move", "why"),
    [
        (Active(BO), TO_BO, "Bo has it already."),
        (Offered(agent=BO, until=SOON), TO_BO, "Bo is asked already."),
        (Queued(), Assign(to=BO, to_name="Bo", until=NOON - timedelta(seconds=1)), "lasts"),
        (Queued(), Route(team=""), "Name the team"),
        (Queued(), Prioritise(10), "from 0 to 9"),
        (Active(ANN), Prioritise(1), "for those who wait"),
        (Expired(), TO_BO, "This handoff is over"),
    ],
)
def test_what_makes_no_sense_is_refused(state: State, move: Move, why: str) -> None:
    with pytest.raises(MoveRefused, match=why):
        step(a_handoff(state), move, NOON)
