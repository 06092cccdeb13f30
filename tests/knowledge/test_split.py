"""Splitting: everything in, in order, nothing too long."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.documents import Prose, Section
from knowledge.split import context, split
from tests.knowledge.builders import a_pair, a_table, of_sections

WORDS = st.text(alphabet="abcdefgh .!?\n", min_size=1, max_size=400)


def by_words(texts):
    return [len(text.split()) for text in texts]


def prose(*texts: str):
    return of_sections("a.md", *(Section(heading=(), body=Prose(text)) for text in texts))


@pytest.mark.slow
@given(st.lists(WORDS, min_size=1, max_size=4), st.integers(3, 30))
def test_chunks_cover_the_document_in_order_and_none_is_above_the_budget(texts, budget) -> None:
    chunks = split(prose(*texts), by_words, budget)

    assert all(count <= budget for count in by_words([chunk.text for chunk in chunks]))
    assert [chunk.ordinal for chunk in chunks] == list(range(len(chunks)))
    wanted, covered = _letters(" ".join(texts)), 0
    for chunk in chunks:  # each begins at the latest where the ones before ended
        said = _letters(chunk.text)
        start = wanted.rfind(said, 0, covered + len(said))
        assert start >= 0, "something is lost or out of order"
        covered = max(covered, start + len(said))
    assert covered == len(wanted)


def _letters(text: str) -> str:
    """The text without white space, which splitting may change."""
    return "".join(text.split())


def test_neighbours_share_a_sentence() -> None:
    text = " ".join(f"Sentence number {n} is here." for n in range(30))

    first, second, *_ = split(prose(text), by_words, 40)

    assert first.sentences[-1] == second.sentences[0]


def test_a_pair_is_one_chunk_whatever_its_length() -> None:
    (chunk,) = split(of_sections("f.json", a_pair("Why?", "Because. " * 500)), by_words, 50)

    assert chunk.pair
    assert chunk.text.startswith("Why?")


def test_a_row_of_a_table_reads_by_itself() -> None:
    rows = (("zone", "price"), ("Canada", "$12"), ("Norway", "$32"))

    chunks = split(of_sections("p.csv", a_table(*rows)), by_words, 50)

    sentences = [sentence for chunk in chunks for sentence in chunk.sentences]
    assert all(re.search("zone.*price", sentence) for sentence in sentences)
    assert any("Norway" in sentence and "$32" in sentence for sentence in sentences)


def test_chinese_is_split_at_its_own_full_stops() -> None:
    (chunk,) = split(prose("退货免费。请保留包装！可以换货吗？"), by_words, 50)

    assert chunk.sentences == ("退货免费。", "请保留包装！", "可以换货吗？")


def test_the_context_is_the_title_with_the_path_of_headings() -> None:
    shown = context("Delivery", ("Canada", "Express"))

    assert [shown.index(word) for word in ("Delivery", "Canada", "Express")] == sorted(
        shown.index(word) for word in ("Delivery", "Canada", "Express")
    )
