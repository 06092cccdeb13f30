"""What must not be lost of a text."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.memory import Kind
from core.memory.entities import entities, is_relative, key

REFERENCE, DATE, NUMBER, NAME = Kind.REFERENCE, Kind.DATE, Kind.NUMBER, Kind.NAME


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "My order A-123456 cost $45.20 on 3 March 2026.",
            [(REFERENCE, "A-123456"), (NUMBER, "$45.20"), (DATE, "3 March 2026")],
        ),
        ("mail jane.doe@example.com", [(REFERENCE, "jane.doe@example.com")]),
        ("call +49 170 1234567 today", [(REFERENCE, "+49 170 1234567")]),
        ("order 8812345 hasn't come", [(REFERENCE, "8812345")]),
        ("case #4411, ticket CASE_88213", [(REFERENCE, "#4411"), (REFERENCE, "CASE_88213")]),
        (
            "IBAN DE89 3704 0044 0532 0130 00",
            [(REFERENCE, "DE89 3704 0044 0532 0130 00")],
        ),
        ("My name is Petra Kowalski.", [(NAME, "Petra Kowalski")]),
        ("I spoke to Mr. Baker", [(NAME, "Mr. Baker")]),
        ("i'm Tom and we live in Leeds", [(NAME, "Tom"), (NAME, "Leeds")]),
        (
            "three chairs, 5kg, 20% off, next Tuesday at 3pm",
            [
                (NUMBER, "three chairs"),
                (NUMBER, "5kg"),
                (NUMBER, "20%"),
                (DATE, "next Tuesday"),
                (DATE, "3pm"),
            ],
        ),
        (
            "from 2026-05-03, 12:30",
            [(DATE, "2026-05-03"), (DATE, "12:30")],
        ),
        (
            "订单号A1234567的两件衬衫，我叫王小明，3月5日下午3点送到，花了299元",
            [
                (REFERENCE, "A1234567"),
                (NUMBER, "两件"),
                (NAME, "王小明"),
                (DATE, "3月5日"),
                (DATE, "下午3点"),
                (NUMBER, "299元"),
            ],
        ),
        ("电话13812345678，李先生", [(REFERENCE, "13812345678"), (NAME, "李先生")]),
        ("I'm still waiting for my card!", []),
        ("WHERE IS MY PARCEL NOW", []),
        ("I mp3 covid", []),
    ],
)
def test_what_is_found(text: str, found: list[tuple[Kind, str]]) -> None:
    assert [(one.kind, one.text) for one in entities(text)] == found


@given(st.text("aB1 2-.,#@:/£€月日元三件一\n'’Mr", max_size=80))
def test_entities_lie_in_their_text_in_order_and_apart(text: str) -> None:
    found = entities(text)

    for one in found:
        assert one.text == text[one.start : one.end].strip()
    for before, after in pairwise(found):
        assert before.end <= after.start


def test_a_key_is_the_same_in_another_spelling() -> None:
    assert key("# 4411") == key("#4411.") == key("4411")
    assert key("+49 170 1234567") == key("+491701234567")
    assert key("Ａ１２") == key("a12")


@pytest.mark.parametrize("text", ["tomorrow at noon", "by Friday", "明天送到", "下周一"])
def test_a_time_that_needs_its_day(text: str) -> None:
    assert is_relative(text)


def test_a_date_needs_none() -> None:
    assert not is_relative("on 3 March 2026")
