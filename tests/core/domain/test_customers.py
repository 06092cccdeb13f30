"""What may be said of a customer, and in which form it is kept."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.customers import (
    LONGEST_NAME,
    Profile,
    attributes_of,
    email_of,
    name_of,
    value_text,
)
from core.domain.errors import ProfileRefused


@given(st.text(max_size=500))
def test_a_name_is_one_line_that_every_store_takes(text: str) -> None:
    name = name_of(text)

    assert len(name) <= LONGEST_NAME
    assert name == " ".join(name.split()) == name_of(name)
    assert not set(name) & {"\n", "\x00", "\u202e", "\ud800"}
    name.encode()


def test_letters_that_join_others_stay() -> None:
    assert name_of("می\u200cخواهم 👩\u200d🔧") == "می\u200cخواهم 👩\u200d🔧"


def test_people_are_called_by_their_name_and_else_by_their_username() -> None:
    assert Profile(name="Ada", username="ada_b").called == "Ada"
    assert Profile(username="ada_b").called == "ada_b"
    assert Profile().called == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("  gold\n", "gold"), (5, "5"), (5.0, "5"), (2.5, "2.5"), (True, "true"), (False, "false"),
        (None, None), ([], None), ({}, None), (float("nan"), None), (10**30, None),
    ],
)  # fmt: skip
def test_values_are_kept_as_rules_write_them(value: object, text: str | None) -> None:
    assert value_text(value) == text


FORMS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(FORMS)
def test_whatever_is_said_of_attributes_is_taken_as_short_texts_or_refused(form: object) -> None:
    with suppress(ProfileRefused):
        assert all(len(value) <= 200 for value in attributes_of(form).values())


@pytest.mark.parametrize(
    "text", ["ada", "ada@", "@example.com", "a b@c", "a@b@c", "x" * 250 + "@b.de"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ProfileRefused):
        email_of(text)
