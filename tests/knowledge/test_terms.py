"""What search counts as the same word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.terms import telling, terms


def test_words_are_stemmed_as_their_language() -> None:
    assert terms("returned returns") == ("return", "return")
    assert terms("Lieferungen", "de") == terms("Lieferung", "de")


def test_chinese_is_cut_into_pairs() -> None:
    assert {"退货", "货吗"} <= set(terms("退货吗"))
    assert terms("退") == ("退",)


def test_a_code_is_a_term_as_a_whole_and_in_parts() -> None:
    assert {"ab-1234", "ab", "1234"} <= set(terms("AB-1234"))


def test_full_width_letters_are_the_same_as_narrow_ones() -> None:
    assert terms("ＡＢＣ１２") == terms("abc12")


def test_words_that_only_ask_tell_nothing() -> None:
    told = telling("How long does delivery to Canada take?")

    assert [word for word, _ in told] == ["long", "delivery", "Canada", "take"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("This is RIDICULOUS, I am so angry!!!", []),
        ("I'm really disappointed and upset", []),
        ("Which tires do you sell?", ["tires", "sell"]),
        ("Das ist eine Unverschämtheit, ich bin wütend", ["Das", "ist", "eine", "ich", "bin"]),
        ("The ridiculous teapot makes me furious", ["teapot", "makes"]),
        ("你们真让人生气", []),
        ("太气人了！我的包裹一直没有到", ["包裹"]),
        ("会员卡还能用吗", ["会员卡"]),
        ("在线客服在哪里", ["在线客服"]),
        ("退还运费有什么要求", ["退还运费", "要求"]),
    ],
)
def test_feelings_and_pieces_of_words_tell_nothing(said: str, told: list[str]) -> None:
    assert [word for word, _ in telling(said)] == told


@given(st.text(max_size=200))
def test_no_term_is_empty_or_too_long_for_an_index(text: str) -> None:
    assert all(0 < len(term) <= 64 for term in terms(text))
