import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models.citations import Grounded, ground
from tests.core.models.findings import a_passage

CANADA = a_passage("Standard delivery to Canada costs US$12.95.", "It takes 5 to 8 days.")
RETURNS = a_passage("Most items can be returned within 60 days.", "Labels cost 9.95.", number=2)
ZH = a_passage("送货到加拿大需要5到8个工作日。", number=3)
PASSAGES = (CANADA, RETURNS, ZH)


def kept(text: str, question: str = "") -> str:
    grounded = ground(text, PASSAGES, question)
    return grounded.text if grounded else ""


def test_a_cited_sentence_is_kept_with_its_quote() -> None:
    grounded = ground("Delivery to Canada costs US$12.95 [1].", PASSAGES, "")

    assert isinstance(grounded, Grounded)
    assert grounded.text == "Delivery to Canada costs US$12.95. [1]"
    assert grounded.sources[0].quote == "Standard delivery to Canada costs US$12.95."


def test_citations_are_numbered_by_first_use() -> None:
    grounded = ground("Returned within 60 days. [2] Delivery takes 5 days. [1]", PASSAGES, "")

    assert grounded is not None
    assert grounded.text == "Returned within 60 days. [1] Delivery takes 5 days. [2]"
    assert [source.uri for source in grounded.sources] == ["help/2.md", "help/1.md"]


def test_a_citation_covers_the_sentences_before_it_on_its_line() -> None:
    text = "Delivery to Canada costs US$12.95. It takes 5 to 8 days. [1]"

    assert kept(text) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Delivery takes 5 days. [1] I love Canada.", "Delivery takes 5 days. [1]"),
        ("Sure!\nDelivery takes 5 days. [1]", "Delivery takes 5 days. [1]"),
        ("Delivery takes 5 days. [7]", ""),
        ("Delivery takes 5 days. [1][9]", "Delivery takes 5 days. [1]"),
        ("Delivery takes 4 days. [1]", ""),
        ("Delivery costs US$12.95. [1] Labels cost 9.90. [2]", "Delivery costs US$12.95. [1]"),
        ("Penguins dance. [1]", ""),
        ("No number at all.", ""),
        ("", ""),
    ],
)
def test_what_no_passage_carries_is_left_out(text: str, left: str) -> None:
    assert kept(text) == left


def test_a_number_of_the_question_may_be_repeated() -> None:
    assert kept("Order 4711 can be returned. [2]", "can I return order 4711?")


def test_a_list_keeps_its_lines() -> None:
    text = "- Delivery costs US$12.95. [1]\n- Items can be returned. [2]"

    assert kept(text) == text


@pytest.mark.parametrize("text", ["送货需要5到8个工作日。[3]", "送货需要5到8个工作日【3】。"])
def test_chinese_citations_are_read(text: str) -> None:
    assert kept(text) == "送货需要5到8个工作日。 [1]"


def test_an_answer_in_another_language_than_the_passage_is_kept() -> None:
    assert kept("退货期限为60天。[2]") == "退货期限为60天。 [1]"


def test_several_numbers_in_one_bracket_are_several_citations() -> None:
    assert kept("Delivery and returned items. [1, 2]") == "Delivery and returned items. [1][2]"


@given(st.lists(st.sampled_from(["Delivery costs. ", "[1]", "[2] ", "[9]", "\n", "5 days", "。"])))
def test_every_line_that_is_left_cites_a_source_that_is_there(pieces: list[str]) -> None:
    grounded = ground("".join(pieces), PASSAGES, "")
    if grounded is None:
        return

    cited = {int(n) for n in re.findall(r"\[(\d+)\]", grounded.text)}
    assert cited == set(range(1, len(grounded.sources) + 1))
    assert all(re.search(r"\[\d+\]$", line) for line in grounded.text.splitlines() if line)


@given(st.text(max_size=300))
def test_no_text_is_too_strange(text: str) -> None:
    ground(text, PASSAGES, text)
