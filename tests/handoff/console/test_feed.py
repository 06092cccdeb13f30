"""The feed: gapless, told once, and known for long enough."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from core.domain.ids import AgentId
from handoff.console.feed import Feed, Reader
from handoff.console.views import Counts, Owner, Row
from tests.builders import NOON

ANN = AgentId(UUID(int=1))


def a_row(number: int, seq: int) -> Row:
    return Row(
        id=UUID(int=number),
        channel="web",
        customer="visitor",
        customer_name="",
        language="en",
        owner=Owner(kind="queue", agent=None, name=None),
        epoch=1,
        seq=seq,
        last=None,
        active_at=NOON + timedelta(seconds=seq),
        handoff=None,
        waiting_since=None,
        frustration=0.0,
    )


@dataclass
class Page:
    """What a page knows, from events alone."""

    rows: dict[str, int]
    since: int = 0

    def hear(self, events: list[bytes]) -> None:
        for event in events:
            frame = msgspec.json.decode(event)
            assert frame["seq"] == self.since + 1
            self.since = frame["seq"]
            self.rows[frame["row"]["id"]] = frame["row"]["seq"]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.booleans())))
def test_a_page_that_comes_and_goes_knows_what_one_that_stayed_knows(
    steps: list[tuple[int, int, bool]],
) -> None:
    feed = Feed("era")
    truth: dict[str, int] = {}
    page = Page({})

    for number, seq, looks in steps:
        row = a_row(number, seq)
        feed.tell_rows([row])
        truth[str(row.id)] = seq
        if looks:
            assert feed.has("era", page.since)
            page.hear(feed.behind(page.since))
            assert page.rows == truth

    page.hear(feed.behind(page.since))
    assert page.rows == truth


def test_what_is_as_it_was_is_not_told_again() -> None:
    feed, row = Feed("era"), a_row(1, 1)

    feed.tell_rows([row, row])
    feed.tell_counts(Counts(mine=0, waiting=1, open=1))
    feed.tell_counts(Counts(mine=0, waiting=1, open=1))

    assert feed.seq == 2


def test_what_is_too_old_or_of_another_era_is_not_known() -> None:
    feed = Feed("era")
    for seq in range(5_003):
        feed.tell_rows([a_row(1, seq)])

    assert not feed.has("era", 2)
    assert feed.has("era", 3)
    assert len(feed.behind(3)) == 5_000
    assert feed.behind(feed.seq) == []
    assert not feed.has("other", 5_000)
    assert not feed.has("era", 5_004)


def test_a_reader_is_woken_until_it_leaves() -> None:
    feed, reader = Feed("era"), Reader(ANN, 0)
    feed.enter(reader)

    feed.tell_rows([a_row(1, 1)])
    assert reader.news.is_set()
    assert feed.there == {ANN}
    feed.leave(reader)
    reader.news.clear()
    feed.tell_rows([a_row(1, 2)])
    assert not reader.news.is_set()
    assert not feed.read
