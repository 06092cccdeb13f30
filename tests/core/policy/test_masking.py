"""No forbidden word is seen for a moment, however the answer is cut into pieces."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.policy.masking import Masking
from core.policy.words import MASK, WordList

LISTS = (WordList("rude", ("darn*", "son of a gun", "王八蛋")),)
TEXTS = (
    "Well, darnit, that son of a gun took it. Fine?",
    "你这个王八蛋,真的 darn",
    "nothing to hide here at all",
    "a" * 500 + " darn " + "b" * 500,
)


def shown(text: str, cuts: list[int]) -> list[str]:
    masking, places = Masking(LISTS), [0, *sorted(c % (len(text) + 1) for c in cuts), len(text)]
    pieces = [masking.take(text[a:b]) for a, b in pairwise(places)]
    return [*pieces, masking.rest()]


@given(st.sampled_from(TEXTS), st.lists(st.integers(0, 10_000), max_size=12))
def test_pieces_show_what_the_whole_text_shows(text: str, cuts: list[int]) -> None:
    (whole,) = LISTS

    assert "".join(shown(text, cuts)) == whole.masked(text)


def test_a_word_that_comes_letter_by_letter_is_hidden() -> None:
    pieces = shown("oh darn it", list(range(10)))

    assert "".join(pieces) == f"oh {MASK} it"


def test_words_are_let_out_while_more_comes() -> None:
    masking = Masking(LISTS)

    seen = "".join(masking.take(f"word{n} ") for n in range(20))

    assert seen.startswith("word0 word1")
    assert len(seen) > 80


def test_without_lists_nothing_is_held_back() -> None:
    assert Masking(()).take("da") == "da"
