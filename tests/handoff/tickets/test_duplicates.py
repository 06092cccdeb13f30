"""Which tickets are likely about the same; the threshold is held to a small set of our own."""

import tomllib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from core.domain.tickets import Priority, TicketDraft
from core.tickets.rules import order_numbers_in, products_in, title_of
from handoff.tickets.duplicates import THRESHOLD, likeness

PAIRS = tomllib.loads(Path(__file__).with_name("pairs.toml").read_text("utf-8"))["pair"]


def drafted(text: str, category: str = "other") -> TicketDraft:
    return TicketDraft(
        title=title_of([text]),
        summary=text,
        category=category,
        priority=Priority.NORMAL,
        order_numbers=order_numbers_in(text),
        products=products_in(text, ()),
    )


def judged(pair: dict[str, str]) -> float:
    return likeness(drafted(pair["one"]), drafted(pair["two"]))


def test_the_threshold_finds_most_and_bothers_nobody_in_the_set() -> None:
    found = [judged(pair) >= THRESHOLD for pair in PAIRS if pair["same"]]
    false = [pair["two"] for pair in PAIRS if not pair["same"] and judged(pair) >= THRESHOLD]

    assert len(PAIRS) == 20
    assert sum(found) == 10
    assert false == []


def test_another_order_is_another_matter() -> None:
    one, two = "No refund for order AB-200001.", "No refund for order AB-200002."

    assert likeness(drafted(one), drafted(two)) < likeness(drafted(one), drafted(one))
    assert likeness(drafted(one, "refund"), drafted(two, "refund")) < 1


@given(st.text(min_size=1, max_size=80), st.text(min_size=1, max_size=80))
def test_likeness_is_a_share_and_the_same_both_ways(one: str, two: str) -> None:
    first, second = drafted(one), drafted(two)

    assert 0 <= likeness(first, second) <= 1
    assert likeness(first, second) == likeness(second, first)
