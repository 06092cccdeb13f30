"""Which words are for colleagues only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.surface.mark import is_note, without_mark

DRESS = st.text(alphabet=" \t\n\u00a0\u200b\u2060\ufeff\"'`_*~>\u2022\u201c", max_size=8)
WORDS = st.text(max_size=30)


@given(DRESS, WORDS, st.sampled_from(["//", "/\uff0f", "\uff0f\uff0f", "\u2044\u2044"]))
def test_whatever_stands_before_the_mark_unseen_it_is_a_note(
    before: str, after: str, mark: str
) -> None:
    assert is_note(f"{before}{mark}{after}", "//")


@given(st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1), WORDS)
def test_words_before_the_mark_make_it_no_note(before: str, after: str) -> None:
    assert not is_note(f"{before} // {after}", "//")


@pytest.mark.parametrize("text", ["", " ", "/ x", "http://x.example", "a // b", "/x/"])
def test_other_words_are_no_note(text: str) -> None:
    assert not is_note(text, "//")


@pytest.mark.parametrize(
    ("mark", "text"), [("note:", "Note: he called"), ("#", "# x"), ("(", "(x)"), ("私", "私 x")]
)
def test_a_team_may_choose_another_mark(mark: str, text: str) -> None:
    assert is_note(text, mark)
    assert not is_note("// x", mark)


def test_a_note_is_kept_without_its_mark() -> None:
    assert without_mark(" // he called twice ", "//") == "he called twice"
    assert without_mark("//", "//") == "//"
