import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.limits import Bucket, Buckets, Rate


def test_a_burst_is_granted_and_then_the_rate() -> None:
    bucket = Bucket(Rate(per_second=2, burst=3), now=0)

    assert [bucket.take(0) for _ in range(3)] == [0, 0, 0]
    assert bucket.take(0) == 0.5
    assert bucket.take(0.5) == 0


def test_a_clock_that_steps_back_grants_nothing() -> None:
    bucket = Bucket(Rate(per_second=1, burst=1), now=10)
    bucket.take(10)

    assert bucket.take(5) > 0
    assert bucket.take(10.5) > 0


def test_each_key_has_its_own_allowance_and_the_idle_one_is_forgotten() -> None:
    buckets = Buckets(Rate(per_second=0.1, burst=1), max_keys=2)

    assert [buckets.take(key, 0) for key in "ab"] == [0, 0]
    assert buckets.take("a", 0) > 0
    assert buckets.take("c", 0) == 0  # b is forgotten
    assert buckets.take("a", 0) > 0
    assert buckets.take("b", 0) == 0


@pytest.mark.slow
@given(
    rate=st.floats(0.1, 100),
    burst=st.integers(1, 50),
    steps=st.lists(st.floats(0, 3), max_size=60),
)
def test_never_more_than_burst_and_rate_together(rate, burst, steps) -> None:
    bucket, now, granted = Bucket(Rate(per_second=rate, burst=burst), now=0), 0.0, 0
    for step in steps:
        now += step
        granted += bucket.take(now) == 0
    assert granted <= burst + rate * now + 1e-6


@given(rate=st.floats(0.1, 100), burst=st.integers(1, 5))
def test_who_waits_as_long_as_told_is_let_in(rate, burst) -> None:
    bucket = Bucket(Rate(per_second=rate, burst=burst), now=0)
    wait = 0.0
    while wait == 0:
        wait = bucket.take(0)

    assert bucket.take(wait + 1e-9) == 0
