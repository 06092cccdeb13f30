"""What a round of the desk does."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.policy.hours import Hours, Span
from handoff.assignment import Presence
from handoff.life import (
    Active,
    Handoff,
    Offered,
    Queued,
    Requested,
    State,
    agent_in,
    is_open,
    step,
)
from handoff.moves import Admit, AgentGone, NobodyFree, Offer, OfferExpired, OutOfHours
from handoff.plan import Desk, Planned, plan
from handoff.practice import Limits, Practice
from handoff.queue import Rate
from tests.builders import NOON
from tests.handoff.cast import ANN, BO, CAI, SOON, a_handoff, a_person, numbered

QUIET = Rate(begun=0, over_s=1800)
BUSY = Rate(begun=10, over_s=1800)
UTC_ZONE = ZoneInfo("UTC")
MORNING = Hours(zone=UTC_ZONE, week=((Span(time(8), time(11)),),) * 7)


def a_desk(*handoffs: Handoff, people: tuple = (a_person(ANN),), rate: Rate = QUIET) -> Desk:
    return Desk(handoffs=handoffs, people=people, rate=rate)


def moves(planned: tuple[Planned, ...]) -> list[object]:
    return [one.move for one in planned]


def test_a_request_is_offered_at_once_where_somebody_is_free() -> None:
    planned = plan(a_desk(a_handoff()), Practice(), NOON)

    assert moves(planned) == [
        Admit(position=None),
        Offer(agent=ANN, until=NOON + timedelta(seconds=60)),
    ]


def test_who_has_to_wait_hears_the_place_and_the_usual_time() -> None:
    first = replace(numbered(a_handoff(Queued()), 1), requested_at=NOON - timedelta(seconds=9))
    second = numbered(a_handoff(), 2)
    taken = a_handoff(Active(ANN))

    assert moves(plan(a_desk(first, second, taken), Practice(), NOON)) == [Admit(position=2)]
    assert moves(plan(a_desk(first, second, taken, rate=BUSY), Practice(), NOON)) == [
        Admit(position=2, wait_s=360)
    ]


def test_an_offer_that_ran_out_goes_to_another() -> None:
    people = (a_person(ANN), a_person(BO))
    offered = replace(a_handoff(Offered(agent=ANN, until=SOON)), asked_last=ANN)

    planned = plan(a_desk(offered, people=people), Practice(), SOON)

    assert moves(planned) == [
        OfferExpired(),
        Offer(agent=BO, until=SOON + timedelta(seconds=60)),
    ]
    assert planned[1].handoff == step(offered, OfferExpired(), SOON).handoff


@pytest.mark.parametrize("presence", [Presence.AWAY, Presence.OFFLINE])
def test_an_offer_to_one_who_left_goes_to_another_at_once(presence: Presence) -> None:
    people = (a_person(ANN, presence=presence), a_person(BO))
    offered = a_handoff(Offered(agent=ANN, until=SOON))

    planned = plan(a_desk(offered, people=people), Practice(), NOON)

    assert moves(planned)[0] == AgentGone(ANN)
    assert moves(planned)[1].agent == BO


@pytest.mark.parametrize(
    ("presence", "silent_s", "comes_back"),
    [
        (Presence.OFFLINE, 299, False),
        (Presence.OFFLINE, 300, True),
        (Presence.AWAY, 900, False),
        (Presence.ONLINE, 900, False),
    ],
)
def test_a_talk_whose_agent_is_gone_for_long_comes_back(
    presence: Presence, silent_s: int, comes_back: bool
) -> None:
    person = a_person(ANN, presence=presence, seen_at=NOON - timedelta(seconds=silent_s))

    planned = plan(a_desk(a_handoff(Active(ANN)), people=(person,)), Practice(), NOON)

    assert (AgentGone(ANN) in moves(planned)) == comes_back


def test_a_talk_of_an_agent_who_was_removed_comes_back() -> None:
    assert moves(plan(a_desk(a_handoff(Active(BO))), Practice(), NOON))[0] == AgentGone(BO)


def test_out_of_hours_it_is_said_when_people_are_back() -> None:
    closed = Practice(hours=MORNING)
    back = datetime(2026, 6, 2, 8, tzinfo=UTC_ZONE)

    planned = plan(a_desk(a_handoff(), a_handoff(Queued())), closed, NOON)

    assert moves(planned) == [OutOfHours(back), OutOfHours(back)]


def test_a_talk_that_is_under_way_at_closing_time_goes_on() -> None:
    closed = Practice(hours=MORNING)
    offered = a_handoff(Offered(agent=ANN, until=SOON))

    assert plan(a_desk(a_handoff(Active(ANN)), offered), closed, NOON) == ()


@pytest.mark.parametrize(
    ("people", "waited_s", "given_up"),
    [
        ((), 119, False),
        ((), 120, True),
        ((a_person(ANN, presence=Presence.AWAY),), 1799, False),
        ((a_person(ANN, presence=Presence.AWAY),), 1800, True),
        ((a_person(ANN, presence=Presence.OFFLINE),), 120, True),
    ],
)
def test_what_nobody_takes_is_given_up_in_time(
    people: tuple, waited_s: int, given_up: bool
) -> None:
    waiting = replace(a_handoff(Queued()), requested_at=NOON - timedelta(seconds=waited_s))

    planned = plan(a_desk(waiting, people=people), Practice(limits=Limits()), NOON)

    assert (moves(planned) == [NobodyFree()]) == given_up


STATES = st.sampled_from(
    [
        *(Requested(), Queued(), Active(ANN), Active(CAI)),
        *(Offered(agent=BO, until=at) for at in (NOON, SOON)),
    ]
)


@given(
    states=st.lists(st.tuples(STATES, st.integers(0, 3000)), max_size=6),
    presences=st.tuples(*[st.sampled_from(Presence)] * 3),
    hours=st.sampled_from([None, MORNING]),
)
def test_after_a_round_nothing_is_left_to_do(
    states: list[tuple[State, int]], presences: tuple[Presence, ...], hours: Hours | None
) -> None:
    people = tuple(
        a_person(agent, presence=presence, capacity=2)
        for agent, presence in zip((ANN, BO, CAI), presences, strict=True)
    )
    drawn = [
        replace(numbered(a_handoff(state), number), requested_at=NOON - timedelta(seconds=waited))
        for number, (state, waited) in enumerate(states, start=1)
    ]
    handoffs, practice = {one.id: one for one in drawn}, Practice(hours=hours)

    for one in plan(a_desk(*handoffs.values(), people=people), practice, NOON):
        assert handoffs[one.handoff.id] == one.handoff  # each step follows the one before
        handoffs[one.handoff.id] = step(one.handoff, one.move, NOON).handoff
    made = [*handoffs.values()]

    before, after = (Counter(agent_in(one.state) for one in each) for each in (drawn, made))
    assert not any(isinstance(one.state, Requested) for one in made)
    assert all(after[agent] <= max(before[agent], 2) for agent in (ANN, BO, CAI))
    open_ones = [one for one in made if is_open(one)]
    assert plan(a_desk(*open_ones, people=people), practice, NOON) == ()
