"""The system's clock, and its fresh ids."""

from datetime import timedelta
from uuid import RFC_4122

from hypothesis import given
from hypothesis import strategies as st

from core.clock import SystemClock, uuid7

BITS = st.integers(0, 2**74 - 1)
MILLISECONDS = st.integers(0, 2**48 - 1)


def test_the_time_of_day_is_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_durations_never_run_backwards() -> None:
    clock = SystemClock()

    before = clock.monotonic()

    assert clock.monotonic() >= before


def test_no_two_ids_are_the_same() -> None:
    clock = SystemClock()

    assert len({clock.new_id() for _ in range(10_000)}) == 10_000


@given(MILLISECONDS, BITS)
def test_an_id_is_a_uuid_of_version_7_that_tells_its_time(milliseconds: int, bits: int) -> None:
    made = uuid7(milliseconds, bits)

    assert (made.version, made.variant) == (7, RFC_4122)
    assert made.int >> 80 == milliseconds


@given(st.integers(0, 2**48 - 2), BITS, BITS)
def test_later_ids_sort_later(milliseconds: int, bits: int, others: int) -> None:
    assert uuid7(milliseconds, bits) < uuid7(milliseconds + 1, others)
