import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers.words import content, leans, normal, shared


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("How do I  cancel?", "how do i cancel"),
        ("Ｃａｎｃｅｌ！", "cancel"),
        ("I can’t pay…", "i can't pay"),
        ("怎么取消订单？", "怎么取消订单"),
    ],
)
def test_case_marks_and_room_make_no_other_question(one: str, other: str) -> None:
    assert normal(one) == normal(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Is it 12.95?", "Is it 1295?"),
        ("9:30?", "930?"),
        ("top-up", "topup"),
        ("C++?", "C#?"),
        ("$50", "€50"),
    ],
)
def test_marks_within_words_and_numbers_count(one: str, other: str) -> None:
    assert normal(one) != normal(other)


@given(st.text(max_size=100))
def test_the_normal_form_is_normal(text: str) -> None:
    assert normal(normal(text)) == normal(text)


@pytest.mark.parametrize(
    "text", ["请问怎么取消订单？", "能不能取消我的订单呢", "你好，我想取消订单"]
)
def test_manners_of_asking_are_no_content_in_chinese(text: str) -> None:
    assert shared(content(text), content("取消订单")) >= 0.8


@given(st.text(max_size=60), st.text(max_size=60))
def test_what_is_shared_is_mutual_and_a_share(one: str, other: str) -> None:
    share = shared(content(one), content(other))

    assert share == shared(content(other), content(one))
    assert 0 <= share <= 1


@pytest.mark.parametrize(
    "text",
    [
        "How long does it take?",
        "And to Norway?",
        "What about the other card?",
        "Why is that?",
        "How much?",
        "那退货呢？",
        "它多少钱",
        "还有别的办法吗",
    ],
)
def test_what_points_back_leans_on_what_was_said_before(text: str) -> None:
    assert leans(text)


@pytest.mark.parametrize(
    "text",
    [
        "How do I cancel my order?",
        "Is there a fee for delivery to Norway?",
        "Which payment methods do you accept?",
        "怎么取消订单？",
        "发往加拿大的包裹要多久",
    ],
)
def test_a_question_with_its_subject_in_it_stands_alone(text: str) -> None:
    assert not leans(text)
