"""traceparent: a caller's trace is joined, a broken one is replaced by a fresh one."""

from uuid import UUID

import pytest

from core.telemetry.traces import parse, traceparent

FRESH = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_a_caller_s_trace_goes_on_in_a_span_of_our_own() -> None:
    assert traceparent(CALLER, FRESH) == (
        "00-4bf92f3577b34da6a3ce929d0e0e4736-bcceb302099a8057-01"
    )


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "hello",
    ],
)
def test_without_a_readable_caller_a_trace_begins(broken: str) -> None:
    begun = traceparent(broken, FRESH)

    assert begun == f"00-{FRESH.hex}-bcceb302099a8057-01"
    assert parse(begun) == (FRESH.hex, "01")


def test_a_later_version_of_the_header_is_read_as_far_as_it_is_known() -> None:
    assert parse("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what") == (
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "01",
    )
