"""Arguments come out of the customer's own words."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.messages import Author
from core.tools.read import EXAMPLE, read
from core.tools.words import OwnWords, said_now, said_so_far
from tests.builders import a_context, a_message

STATUS, CANCEL = read(EXAMPLE, {"shop": ""}).tools
TEXT = {"type": "string"}


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("Where is AB-123456?", "AB-123456"),
        ("订单AB-123456在哪里", "AB-123456"),
        ("where is ab-123456", "AB-123456"),
        ("not AB-111111 but AB-222222", "AB-222222"),
        ("XAB-123456 and AB-1234567", None),
        ("where is my order", None),
    ],
)
def test_a_pattern_takes_what_the_customer_named_last(text: str, order: str | None) -> None:
    assert OwnWords((text,)).take(STATUS, {}).get("order") == order


def test_what_was_said_now_goes_before_what_was_said_earlier() -> None:
    history = (
        a_message("It is AB-111111", seq=1),
        a_message("AB-999999?", seq=2, author=Author.BOT),
    )

    assert said_so_far(a_context("and now?", history=history)).take(STATUS, {}) == {
        "order": "AB-111111"
    }
    now = a_context("AB-222222", history=history)
    assert said_so_far(now).take(STATUS, {}) == {"order": "AB-222222"}
    assert said_now(a_context("and now?", history=history)).take(STATUS, {}) == {}


def test_numbers_are_taken_as_numbers() -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer", "maximum": 99}}}
    tool = replace(STATUS, schema=schema, takes={"n": re.compile(r"\d+")})

    assert OwnWords(("12 of 1000",)).take(tool, {}) == {"n": 12}


@pytest.mark.parametrize(
    ("text", "value", "held"),
    [
        ("my order is AB 123456.", "AB-123456", True),
        ("订单号ab123456谢谢", "AB-123456", True),
        ("I am at Ada@Example.com", "ada@example.com", True),
        ("order 1234567", "123456", False),
        ("order AB-12345", "AB-123456", False),
        ("nothing here", "AB-123456", False),
        ("", "", False),
        ("twelve of 12", 12, True),
        ("of 112", 12, False),
    ],
)
def test_only_what_was_said_is_the_customer_s(text: str, value: object, held: bool) -> None:
    assert OwnWords((text,)).hold(value, TEXT) is held


def test_an_operator_s_own_list_needs_not_be_said() -> None:
    assert OwnWords(("the big one",)).hold("large", {"enum": ["large", "small"]})


@given(st.text(max_size=30), st.text(alphabet="ab12-", min_size=1, max_size=6))
def test_a_value_that_stands_there_by_itself_is_held(before: str, value: str) -> None:
    text = f"{before} . {value} . {before}"

    assert OwnWords((text,)).hold(value, TEXT) is any(letter != "-" for letter in value)


@given(st.text(alphabet="ab12 -订", max_size=20), st.text(alphabet="ab12", min_size=1, max_size=5))
def test_a_value_none_of_whose_letters_were_said_is_not_held(text: str, value: str) -> None:
    letters = "".join(letter for letter in text if letter.isalnum())

    if value not in letters:
        assert not OwnWords((text,)).hold(value, TEXT)


def test_arguments_that_a_model_made_up_are_left_out() -> None:
    words = OwnWords(("cancel AB-123456",))

    assert words.own(CANCEL, {"order": "AB-123456", "reason": "x"}) == {"order": "AB-123456"}
    assert words.own(CANCEL, {"order": "AB-666666"}) == {}
    assert words.own(CANCEL, {"order": "AB"}) == {}
