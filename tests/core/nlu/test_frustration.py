"""The level of frustration: bounded, monotone, and fading; what a message gives away."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.nlu.emotion.feelings import Feelings
from core.nlu.frustration import Signs, capitals, complains, follow, heat, level, repeats, signs

DECIDES_AT = 0.7
"""Where the policy that ships apologises."""
CROSS = Feelings(chances=(0.4, 0.5, 0.0, 0.1, 0.2, 0.0, 0.0), frustrated=0.7)
shares = st.floats(0, 1)
counts = st.integers(0, 50)
messages = st.builds(
    Signs,
    negative=shares,
    relief=shares,
    capitals=shares,
    exclamations=counts,
    repeats=counts,
    unanswered=st.booleans(),
    minutes=st.floats(0, 1e6),
)


@given(st.lists(messages, max_size=30))
def test_the_level_lies_between_0_and_1(heard: list[Signs]) -> None:
    assert 0.0 <= level(heard) <= 1.0


@given(before=shares, more=shares, heard=messages)
def test_a_higher_level_stays_the_higher_one(before: float, more: float, heard: Signs) -> None:
    low, high = sorted((before, more))

    assert follow(low, heard) <= follow(high, heard)


@given(before=shares, heard=messages, other=messages)
def test_every_sign_of_frustration_raises_or_leaves_the_level(
    before: float, heard: Signs, other: Signs
) -> None:
    grown = [
        replace(heard, negative=max(heard.negative, other.negative)),
        replace(heard, capitals=max(heard.capitals, other.capitals)),
        replace(heard, exclamations=heard.exclamations + other.exclamations),
        replace(heard, repeats=heard.repeats + other.repeats),
        replace(heard, unanswered=heard.unanswered or other.unanswered),
    ]

    assert all(follow(before, one) >= follow(before, heard) for one in grown)


@given(before=shares, heard=messages, other=messages)
def test_time_and_relief_never_raise_the_level(before: float, heard: Signs, other: Signs) -> None:
    later = replace(heard, minutes=heard.minutes + other.minutes)
    relieved = replace(heard, relief=max(heard.relief, other.relief))

    assert follow(before, later) <= follow(before, heard)
    assert follow(before, relieved) <= follow(before, heard)


@given(before=st.floats(0.01, 1), minutes=st.floats(0, 1e4))
def test_a_calm_message_lets_the_level_fade(before: float, minutes: float) -> None:
    assert follow(before, Signs(minutes=minutes)) < before


@given(heard=messages)
def test_the_tone_of_one_message_alone_never_decides(heard: Signs) -> None:
    tone = replace(heard, repeats=0, unanswered=False)

    assert level([tone]) < DECIDES_AT


def test_an_hour_of_silence_leaves_a_quarter_of_what_a_message_leaves() -> None:
    assert follow(0.8, Signs(minutes=60)) == pytest.approx(follow(0.8, Signs()) / 4)


def test_the_same_question_asked_in_anger_again_and_again_decides() -> None:
    angry = Signs(negative=0.9)

    assert level([angry, replace(angry, repeats=1)]) >= DECIDES_AT
    assert level([angry, angry]) < DECIDES_AT
    assert level([Signs(), Signs(repeats=1, unanswered=True)]) < DECIDES_AT
    assert level([Signs(repeats=n, unanswered=n > 0) for n in range(4)]) >= DECIDES_AT


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("WHERE IS MY PARCEL", 1.0),
        ("Where is my IBAN?", 0.0),
        ("I said NOT NOW please", 0.5),
        ("", 0.0),
        ("我的包裹在哪里", 0.0),
        ("OK", 0.0),
    ],
)
def test_the_share_of_shouted_words(text: str, share: float) -> None:
    assert capitals(text) == share


@pytest.mark.parametrize(
    "text",
    [
        "I am very disappointed",
        "Your service is terrible",
        "WORST customer service ever",
        "why do I have to repeat myself?",
        "Three weeks and still no answer",
        "No one helps me",
        "I'm fed up",
    ],
)
def test_complaints_of_service_are_heard_whatever_the_head_says(text: str) -> None:
    assert complains(text)
    assert signs(text, None, ()).negative == 0.5
    assert signs(text, CROSS, ()).negative == 0.7


@pytest.mark.parametrize(
    "text",
    [
        "Where is my order?",
        "I am still waiting for my card",
        "Can I repeat my order?",
        "Is it still on sale?",
        "Too poor",
        "",
    ],
)
def test_plain_questions_complain_of_nothing(text: str) -> None:
    assert not complains(text)


def test_a_question_in_other_small_words_is_the_same_question() -> None:
    before = ["Where is my refund?", "Can I pay by invoice?", "So where is the refund?!"]

    assert repeats("where IS my refund", before) == 2
    assert repeats("我的退款在哪里？", ["我的退款在哪里"]) == 1
    assert repeats("When do you open?", before) == 0
    assert repeats("?!", ["?!"]) == 0


@given(text=st.text(max_size=60), before=st.lists(st.text(max_size=60), max_size=5))
def test_signs_of_any_text_are_within_their_bounds(text: str, before: list[str]) -> None:
    heard = signs(text, CROSS, before)

    assert (heard.negative, heard.relief) == (0.7, 0.1)
    assert 0 <= heard.repeats <= len(before)
    assert 0.0 <= heat(heard) <= 1.0


def test_full_width_marks_and_doubled_question_marks_exclaim() -> None:
    assert signs("为什么！！？？ why?? really?", None, ()).exclamations == 4


@pytest.mark.parametrize("wrong", [{"negative": 1.1}, {"capitals": -0.1}, {"repeats": -1}])
def test_signs_out_of_bounds_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"0|negative"):
        Signs(**wrong)  # type: ignore[arg-type]
