import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.answers import Draft, Findings
from core.models.extract import extract
from core.models.wording import plain
from tests.core.models.findings import a_passage, found

CANADA = a_passage(
    "Standard delivery to Canada costs US$12.95.",
    "It takes 5 to 8 business days.",
    "Gift cards can be sent by e-mail.",
    heading=("Delivery to Canada", "Prices"),
)
FRANCE = a_passage(
    "Standard delivery to France costs EUR 9.50.",
    "Bikes are not delivered to France.",
    number=2,
    heading=("Delivery to France",),
)


def answered(question: str, findings: Findings, *before: str) -> Draft:
    draft = extract(question, before, findings)
    assert draft is not None
    return draft


def test_the_answer_is_the_documents_sentence_with_its_source() -> None:
    draft = answered("What does standard delivery to Canada cost?", found(CANADA, FRANCE))

    assert draft.text.startswith("Standard delivery to Canada costs US$12.95.")
    assert "[1]" in draft.text
    assert draft.sources[0].uri == "help/1.md"
    assert draft.sources[0].quote in CANADA.text
    assert (draft.written_by, draft.prompt_version) == ("extract", "")


def test_a_sentence_that_leans_back_brings_the_one_before() -> None:
    draft = answered("How many business days?", found(CANADA))

    assert draft.text == (
        "Standard delivery to Canada costs US$12.95. It takes 5 to 8 business days. [1]"
    )


def test_a_name_that_a_follow_up_replaces_is_answered_no_more() -> None:
    before = "What does standard delivery to Canada cost?"

    draft = answered("and to France?", found(CANADA, FRANCE), before)

    assert "EUR 9.50" in draft.text
    assert "Canada" not in draft.text


def test_a_passage_is_cited_once() -> None:
    draft = answered("delivery to Canada cost and business days", found(CANADA))

    assert draft.text.count("[1]") == 1
    assert len(draft.sources) == 1


def test_a_heading_counts_for_its_sentences() -> None:
    here = a_passage("Express costs 28 dollars.", heading=("Canada",))
    there = a_passage("Express costs 31 dollars.", number=2, heading=("France",))

    assert "31" in answered("express to France", found(here, there)).text.split("[1]")[0]
    assert "28" in answered("express to Canada", found(here, there)).text.split("[1]")[0]


def test_a_follow_up_is_answered_with_what_was_asked_before() -> None:
    before = "What does standard delivery to France cost?"

    draft = answered("and to Canada?", found(CANADA, FRANCE), before)

    assert draft.text.startswith("Standard delivery to Canada costs US$12.95.")


def test_a_pair_is_answered_with_its_whole_answer() -> None:
    pair = a_passage(
        "Yes.", "Open your account and press Restore.", lead="Can I restore an order?\n"
    )

    draft = answered("restore an order", found(pair))

    assert draft.text == "Yes. Open your account and press Restore. [1]"


def test_rows_are_shown_as_they_read() -> None:
    rows = a_passage(
        "Zone | Price", "Canada | US$12.95", "Canada express | US$28.00", glue="\n", score=0.9
    )

    draft = answered("price for Canada", found(rows))

    assert "- Canada | US$12.95" in draft.text.splitlines()


def test_an_announced_list_is_shown() -> None:
    steps = a_passage(
        "To return a parcel do the following:", "- Print the label.", "- Bring it.", glue="\n"
    )

    draft = answered("How do I return a parcel?", found(steps))

    assert "- Print the label." in draft.text
    assert "- Bring it." in draft.text


def test_the_same_sentence_in_two_passages_is_said_once() -> None:
    twice = [a_passage("The tent weighs 2 kg.", number=number) for number in (1, 2)]

    assert answered("weight of the tent", found(*twice)).text.count("weighs") == 1


def test_chinese_is_answered_by_pairs_of_characters() -> None:
    passage = a_passage("送货到加拿大需要5到8个工作日。", "礼品卡不能退款。", glue="")

    draft = answered("送货到加拿大要多久？", found(passage))

    assert draft.text.startswith("送货到加拿大需要5到8个工作日。")


def test_without_passages_there_is_no_answer() -> None:
    assert extract("anything", (), found()) is None


def test_without_ground_there_is_no_answer() -> None:
    assert extract("kite festival tickets", (), found(CANADA)) is None


def test_a_long_answer_is_cut_at_a_sentence() -> None:
    long = a_passage(*(f"Parcel rule {n} says {'very ' * 60}much." for n in range(9)))

    assert len(answered("parcel rule", found(long)).text) < 800


def test_markdown_shows_the_words_and_nothing_else() -> None:
    assert plain("- See ![x](http://evil/a.png) [12] *now*") == (
        r"See [x] (http://evil/a.png) (12) \*now\*"
    )


_WORDS = st.sampled_from(
    "parcel delivery Canada costs it refund days 12.95 the store tent returns".split()  # noqa: SIM905
)
_SENTENCES = st.lists(_WORDS, min_size=1, max_size=8).map(lambda words: " ".join(words) + ".")
_PASSAGES = st.lists(
    st.builds(
        a_passage,
        _SENTENCES,
        _SENTENCES,
        _SENTENCES,
        number=st.integers(1, 9),
        similarity=st.floats(-1, 1),
        score=st.floats(0, 1),
    ),
    max_size=6,
)


@pytest.mark.slow
@given(_SENTENCES, st.lists(_SENTENCES, max_size=2), _PASSAGES)
def test_every_sentence_of_the_answer_is_in_the_passage_it_cites(
    question: str, before: list[str], passages: list[object]
) -> None:
    draft = extract(question, before, found(*passages))  # type: ignore[arg-type]
    if draft is None:
        return

    parts = re.findall(r"(.+?) \[(\d+)\](?:\n\n|$)", draft.text, re.DOTALL)
    assert "".join(f"{text} [{n}]" for text, n in parts) == draft.text.replace("\n\n", "")
    assert [int(n) for _, n in parts] == list(range(1, len(draft.sources) + 1))
    for text, number in parts:
        source = draft.sources[int(number) - 1]
        cited = [p for p in found(*passages).passages if source.quote in p.text]  # type: ignore[arg-type]
        assert any(all(s in p.text for s in re.findall(r"[^.]+\.(?=\s|$)", text)) for p in cited)


@given(st.text(max_size=80), st.text(min_size=1, max_size=200))
def test_no_question_and_no_document_is_too_strange(question: str, sentence: str) -> None:
    extract(question, [question], found(a_passage(sentence, similarity=0.5)))
