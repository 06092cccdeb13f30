"""No state without a way on, ends are ends, owner and epoch follow the state."""

from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from core.domain.conversation import Agent, Bot, Queue
from core.domain.ids import AgentId
from handoff.errors import MoveRefused
from handoff.life import (
    NAMES,
    Abandoned,
    Active,
    Expired,
    Handoff,
    Move,
    Offered,
    Queued,
    Requested,
    Returned,
    State,
    WrappedUp,
    is_open,
    step,
)
from handoff.moves import (
    Accept,
    Admit,
    AgentGone,
    Claim,
    Close,
    Decline,
    Leave,
    NobodyFree,
    Offer,
    OfferExpired,
    OutOfHours,
    Return,
    TakeBack,
    ToAgent,
    ToTeam,
)
from tests.builders import NOON
from tests.handoff.cast import ANN, BO, CAI, SOON, a_handoff

PEOPLE = {ANN: "Ann", BO: "Bo", CAI: "Cai"}
STATES: tuple[State, ...] = (
    Requested(),
    Queued(),
    Offered(agent=ANN, until=SOON),
    Active(ANN),
    WrappedUp(ANN),
    Returned(ANN),
    Abandoned(),
    Expired(),
)
AGENTS = st.sampled_from(tuple(PEOPLE))


def moves_of(agent: AgentId, other: AgentId, now: datetime) -> tuple[Move, ...]:
    """Every move that there is."""
    name, until = PEOPLE[agent], now + timedelta(seconds=60)
    return (
        Admit(position=3, wait_s=200),
        Admit(position=1),
        Admit(position=None),
        Offer(agent=agent, until=until),
        Accept(agent=agent, name=name),
        Claim(agent=agent, name=name),
        Decline(agent),
        OfferExpired(),
        AgentGone(agent),
        ToTeam(agent=agent, name=name, team="billing"),
        ToAgent(agent=agent, name=name, to=other, to_name=PEOPLE[other], until=until),
        Return(agent=agent, name=name),
        Close(agent=agent, name=name),
        TakeBack(),
        Leave(),
        NobodyFree(),
        OutOfHours(until),
        OutOfHours(None),
    )


GIVEN_UP = ("NobodyFree", "OutOfHours")
ALLOWED = {
    "requested": {"Admit", "Claim", "TakeBack", "Leave", *GIVEN_UP},
    "queued": {"Offer", "Claim", "TakeBack", "Leave", *GIVEN_UP},
    "offered": {
        *("Accept", "Claim", "Decline", "OfferExpired", "AgentGone", "TakeBack", "Leave"),
    },
    "active": {"AgentGone", "ToTeam", "ToAgent", "Return", "Close", "Leave"},
}


@pytest.mark.parametrize("state", STATES, ids=lambda state: NAMES[type(state)])
def test_a_state_allows_exactly_these_moves(state: State) -> None:
    allowed, sentences = set(), []

    for move in moves_of(ANN, BO, SOON):
        try:
            step(a_handoff(state), move, SOON)
        except MoveRefused as refused:
            sentences.append(str(refused))
        else:
            allowed.add(type(move).__name__)

    assert allowed == ALLOWED.get(NAMES[type(state)], set())
    assert all(text.endswith(".") and text.count(".") == 1 for text in sentences)


@pytest.mark.parametrize("state", STATES[:4], ids=lambda state: NAMES[type(state)])
def test_an_open_state_comes_to_an_end_even_if_the_customer_never_does_anything(
    state: State,
) -> None:
    seen, waiting = set(), [a_handoff(state)]

    while waiting:
        handoff = waiting.pop()
        seen.add(type(handoff.state))
        for move in moves_of(ANN, BO, SOON):
            with suppress(MoveRefused):
                after = step(handoff, move, SOON).handoff
                if type(after.state) not in seen and not isinstance(move, Leave | TakeBack):
                    waiting.append(after)

    assert seen >= {WrappedUp, Returned, Expired}


@pytest.mark.parametrize(
    ("state", "move", "sentence"),
    [
        (Offered(agent=BO, until=SOON), Accept(agent=ANN, name="Ann"), "on offer to another"),
        (Offered(agent=BO, until=SOON), Claim(agent=ANN, name="Ann"), "on offer to another"),
        (Active(BO), Claim(agent=ANN, name="Ann"), "Another agent has taken it"),
        (Active(BO), Accept(agent=ANN, name="Ann"), "An agent has taken it"),
        (Active(BO), Close(agent=ANN, name="Ann"), "Another agent has it"),
        (Active(BO), AgentGone(ANN), "does not have it"),
        (Active(BO), TakeBack(), "can give it back"),
        (Offered(agent=BO, until=SOON), OfferExpired(), "still has time"),
        (Queued(), Offer(agent=ANN, until=NOON), "lasts for some time"),
        (Active(ANN), ToTeam(agent=ANN, name="Ann", team=""), "Name the team"),
        (
            Active(ANN),
            ToAgent(agent=ANN, name="Ann", to=ANN, to_name="Ann", until=SOON),
            "You have it already",
        ),
        (
            Active(ANN),
            ToAgent(agent=ANN, name="Ann", to=BO, to_name="Bo", until=NOON),
            "lasts for some time",
        ),
        (Queued(), Accept(agent=ANN, name="Ann"), "It is queued and cannot be accepted"),
        (WrappedUp(ANN), Leave(), "it is wrapped up"),
    ],
)
def test_what_is_not_allowed_is_refused_with_a_reason(
    state: State, move: Move, sentence: str
) -> None:
    with pytest.raises(MoveRefused, match=sentence):
        step(a_handoff(state), move, NOON)


def test_a_move_to_another_team_is_kept_in_what_is_wanted() -> None:
    after = step(a_handoff(Active(ANN)), ToTeam(agent=ANN, name="Ann", team="billing"), NOON)

    assert (after.handoff.state, after.handoff.wants.team) == (Queued(), "billing")
    assert after.says[0].fields == {"agent": "Ann", "to": "billing"}


@given(seconds=st.floats(0, 10_000))
def test_a_wait_is_told_in_whole_minutes(seconds: float) -> None:
    (line,) = step(a_handoff(), Admit(position=2, wait_s=seconds), NOON).says

    assert line.fields["minutes"] == max(1, round(seconds / 60))


class Life(RuleBasedStateMachine):
    """Any moves in any order, by three agents, while time passes."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.handoff: Handoff = a_handoff()
        self.ended_as: State | None = None
        self.owner_changes = 0

    @rule(seconds=st.integers(0, 90))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(agent=AGENTS, other=AGENTS, which=st.integers(0, 17))
    def somebody_moves(self, agent: AgentId, other: AgentId, which: int) -> None:
        before = self.handoff
        move = moves_of(agent, other, self.now)[which]
        try:
            after = step(before, move, self.now).handoff
        except MoveRefused:
            return
        assert is_open(before)
        assert after.version == before.version + 1
        assert after.epoch - before.epoch == (after.owner != before.owner)
        self.owner_changes += after.owner != before.owner
        self.handoff = after
        if not is_open(after):
            self.ended_as = after.state

    @precondition(lambda self: self.ended_as is not None)
    @rule(agent=AGENTS, other=AGENTS)
    def an_end_is_an_end(self, agent: AgentId, other: AgentId) -> None:
        for move in moves_of(agent, other, self.now):
            with pytest.raises(MoveRefused):
                step(self.handoff, move, self.now)

    @invariant()
    def the_owner_is_the_state_s(self) -> None:
        match self.handoff.state:
            case Active(agent):
                assert self.handoff.owner == Agent(agent)
            case Requested() | Queued() | Offered():
                assert self.handoff.owner == Queue()
            case _:
                assert self.handoff.owner == Bot()

    @invariant()
    def the_epoch_counts_changes_of_owner(self) -> None:
        assert self.handoff.epoch == 1 + self.owner_changes

    @invariant()
    def whoever_has_it_was_the_last_one_asked(self) -> None:
        if isinstance(self.handoff.state, Offered | Active):
            assert self.handoff.asked_last == self.handoff.state.agent


TestLife = Life.TestCase
