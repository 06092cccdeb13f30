"""What a breaker lets through, whatever happens in whatever order."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from core.models.breaker import Breaker, State, Thresholds

LIMITS = Thresholds()


class Calls(RuleBasedStateMachine):
    """Calls overlap, time passes, a target is well or not."""

    def __init__(self) -> None:
        super().__init__()
        self.breaker = Breaker(LIMITS)
        self.now = 1000.0
        self.under_way: list[tuple[int, State]] = []
        self.closed_until = 0.0
        """Before this moment nothing may be let through."""

    @rule(seconds=st.sampled_from([0.1, 1, 9.9, 10, 31, 61, 400]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def somebody_calls(self) -> None:
        state = self.breaker.state(self.now)
        if not self.breaker.admits(self.now):
            assert state is not State.CLOSED
            return
        assert self.now >= self.closed_until
        entered = self.breaker.enter(self.now)
        if state is State.HALF_OPEN:
            assert not self.breaker.admits(self.now), "one probe at a time"
        self.under_way.append((entered, state))

    @rule(data=st.data(), well=st.sampled_from(["well", "failed", "left"]))
    def a_call_ends(self, data: st.DataObject, well: str) -> None:
        if not self.under_way:
            return
        at = data.draw(st.integers(0, len(self.under_way) - 1))
        entered, _ = self.under_way.pop(at)
        before = self.breaker.state(self.now)
        if well == "well":
            self.breaker.succeeded(entered, self.now)
            assert self.breaker.state(self.now) in {before, State.CLOSED}
        elif well == "failed":
            self.breaker.failed(entered, self.now)
            assert self.breaker.state(self.now) in {before, State.OPEN}
        else:
            self.breaker.left(entered)
            assert self.breaker.state(self.now) is before

    @rule(seconds=st.sampled_from([1.0, 300.0]))
    def it_is_shut_by_hand(self, seconds: float) -> None:
        self.breaker.open_until(self.now + seconds)
        self.closed_until = max(self.closed_until, self.now + seconds)

    @invariant()
    def it_is_shut_while_it_must_be(self) -> None:
        if self.now < self.closed_until:
            assert not self.breaker.admits(self.now)

    @invariant()
    def it_never_stays_shut_for_ever(self) -> None:
        later = max(self.now + LIMITS.longest_open_s, self.closed_until) + 1
        state = self.breaker.state(later)
        assert state is not State.OPEN

    def teardown(self) -> None:
        """Whatever happened, a target that is well is asked again."""
        while self.under_way:
            self.breaker.left(self.under_way.pop()[0])
        self.now = max(self.now + LIMITS.longest_open_s, self.closed_until) + 1
        assert self.breaker.admits(self.now)
        self.breaker.succeeded(self.breaker.enter(self.now), self.now)
        assert self.breaker.state(self.now) is State.CLOSED


TestCalls = Calls.TestCase


def failing(breaker: Breaker, times: int, now: float) -> None:
    for _ in range(times):
        breaker.failed(breaker.enter(now), now)


def test_it_opens_at_the_fifth_failure_and_not_before() -> None:
    breaker = Breaker()

    failing(breaker, 4, 0)
    before = breaker.state(0)
    failing(breaker, 1, 0)

    assert (before, breaker.state(0)) == (State.CLOSED, State.OPEN)


def test_failures_that_are_less_than_half_do_not_open_it() -> None:
    breaker = Breaker()
    for moment in range(20):
        for _ in range(2):
            breaker.succeeded(breaker.enter(moment), moment)
        failing(breaker, 1, moment)

    assert breaker.state(20) is State.CLOSED


def test_old_failures_are_forgotten() -> None:
    breaker = Breaker()

    failing(breaker, 4, 0)
    failing(breaker, 4, 30)

    assert breaker.state(30) is State.CLOSED


def test_each_failed_probe_doubles_the_wait_up_to_a_minute() -> None:
    breaker, now, waits = Breaker(), 0.0, []
    failing(breaker, 5, now)
    for _ in range(5):
        begun = now
        while breaker.state(now) is State.OPEN:
            now += 1
        waits.append(now - begun)
        failing(breaker, 1, now)

    assert waits == [10, 20, 40, 60, 60]


def test_a_call_from_before_it_opened_changes_nothing() -> None:
    breaker = Breaker()
    late = breaker.enter(0)
    failing(breaker, 5, 0)

    breaker.succeeded(late, 10)

    assert breaker.state(10) is State.HALF_OPEN
