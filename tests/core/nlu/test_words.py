from hypothesis import given
from hypothesis import strategies as st

from core.nlu.words import telling_terms, terms


def test_words_are_stemmed_and_numbers_kept_whole() -> None:
    assert terms("Returning parcels costs US$12.95") == ("return", "parcel", "cost", "us", "12.95")


def test_chinese_becomes_pairs_of_characters() -> None:
    assert terms("退货 tent 费") == ("退货", "tent", "费")
    assert terms("怎么退货") == ("怎么", "么退", "退货")


def test_both_kinds_of_apostrophe_end_a_word_alike() -> None:
    assert terms("the customer’s parcel") == terms("the customer's parcel")


def test_function_words_tell_nothing() -> None:
    assert telling_terms("Do you have a tent?") == ("tent",)


def test_a_text_of_function_words_only_keeps_them() -> None:
    assert telling_terms("who are you") == terms("who are you")


@given(st.text())
def test_no_term_is_empty_and_case_does_not_matter(text: str) -> None:
    assert all(terms(text))
    assert terms(text) == terms(text.casefold())
