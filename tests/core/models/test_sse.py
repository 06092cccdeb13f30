from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.models.sse import EventReader

STREAM = (
    b': keep-alive\n\ndata:{"a": 1}\n\nid: 7\ndata: two\ndata: lines\n\r\n'
    b"event: x\n\ndata: \xe4\xb8\x89\r\n\r\n"
)
EVENTS = [b'{"a": 1}', b"two\nlines", "三".encode()]


@given(st.lists(st.integers(0, len(STREAM)), max_size=20))
def test_events_are_the_same_wherever_the_bytes_are_cut(cuts: list[int]) -> None:
    reader = EventReader()
    places = [0, *sorted(cuts), len(STREAM)]

    read = [reader.feed(STREAM[a:b]) for a, b in pairwise(places)]

    assert [event for events in read for event in events] == EVENTS


def test_what_is_not_ended_is_not_told() -> None:
    assert EventReader().feed(b"data: half\n") == []
