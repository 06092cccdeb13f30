"""What search counts as the same word."""

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


@given(st.text(max_size=200))
def test_no_term_is_empty_or_too_long_for_an_index(text: str) -> None:
    assert all(0 < len(term) <= 64 for term in terms(text))
