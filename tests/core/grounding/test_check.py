"""What is kept of an answer with citations."""

import asyncio
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.answers import Passage
from core.grounding.check import Checked, Grounds
from tests.core.models.findings import a_passage
from tests.fakes.embedding import WordEmbedder

CANADA = a_passage("Standard delivery to Canada costs US$12.95.", "It takes 5 to 8 days.")
RETURNS = a_passage("Most items can be returned within 60 days.", "Labels cost 9.95.", number=2)
ZH = a_passage("送货到加拿大需要5到8个工作日。", number=3)
LONG = a_passage(
    "Orders placed before 2 pm on Monday to Friday leave our warehouse in Leeds on the same day.",
    "A parcel of more than 20 kg is not sent by Royal Mail, but by a carrier of our choice.",
    "You can change the delivery address in your account until the parcel has left.",
    "Refunds are paid to the card that was used, at most 14 days after we have the parcel.",
    number=4,
)
PASSAGES = (CANADA, RETURNS, ZH, LONG)


def checked(text: str, question: str = "", passages: tuple[Passage, ...] = PASSAGES) -> Checked:
    return asyncio.run(Grounds().check(text, passages, question))


def kept(text: str, question: str = "") -> str:
    return checked(text, question).kept.text


def test_a_cited_sentence_is_kept_with_its_quote() -> None:
    held = checked("Delivery to Canada costs US$12.95 [1].").kept

    assert held.text == "Delivery to Canada costs US$12.95. [1]"
    assert held.sources[0].quote == "Standard delivery to Canada costs US$12.95."
    assert held.cited == (CANADA,)


def test_citations_are_numbered_by_first_use() -> None:
    held = checked("Returned within 60 days. [2] Delivery takes 5 days. [1]").kept

    assert held.text == "Returned within 60 days. [1] Delivery takes 5 days. [2]"
    assert [source.uri for source in held.sources] == ["help/2.md", "help/1.md"]


def test_a_citation_covers_the_sentences_before_it_on_its_line() -> None:
    text = "Delivery to Canada costs US$12.95. It takes 5 to 8 days. [1]"

    assert kept(text) == text


def test_of_the_sentences_before_a_citation_those_that_hold_are_kept() -> None:
    text = "Delivery to Canada costs US$12.95. It takes 4 days. [1]"

    assert kept(text) == "Delivery to Canada costs US$12.95. [1]"
    assert checked(text).doubted == ("It takes 4 days.",)


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


@pytest.mark.parametrize(
    "sentence",
    [
        "Orders before 2 pm leave the warehouse in Leeds on the same day.",
        "You can change the address in your account until the parcel has left.",
        "A parcel of more than 20 kg is not sent by Royal Mail.",
        "Parcels of more than 20 kilograms go by a carrier of our choice.",
        "Refunds are paid to the card you used at most 14 days after we have the parcel.",
        "Refunds are paid to your card at most fourteen days after we have the parcel.",
        "From Monday to Friday, orders placed before 2 pm leave on the same day.",
    ],
)
def test_what_a_passage_says_in_other_words_is_kept(sentence: str) -> None:
    assert kept(f"{sentence} [4]")


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("Orders before 3 pm leave Leeds on the same day.", id="number"),
        pytest.param("Orders before 20 pm leave Leeds on the same day.", id="number of elsewhere"),
        pytest.param("Orders placed on Saturday leave Leeds on the same day.", id="day"),
        pytest.param("Refunds are paid at most 14 weeks after we have the parcel.", id="unit"),
        pytest.param("Orders leave our warehouse in Bristol on the same day.", id="name"),
        pytest.param("A parcel of more than 20 kg is sent by Royal Mail.", id="denied no more"),
        pytest.param("You cannot change the delivery address in your account.", id="denied"),
        pytest.param("Orders placed after 2 pm leave our warehouse the same day.", id="opposite"),
        pytest.param("Refunds are paid at least 14 days after we have the parcel.", id="at least"),
        pytest.param("Labels are printed at the front desk of every hotel.", id="invented"),
        pytest.param("Standard delivery to Canada costs US$12.95.", id="of another passage"),
    ],
)
def test_a_sentence_made_untrue_is_left_out(sentence: str) -> None:
    assert kept(f"{sentence} [4]") == ""
    assert checked(f"{sentence} [4]").doubted == (sentence,)


def test_a_bare_yes_stands_and_falls_with_what_it_leads() -> None:
    assert kept("Yes. Delivery takes 5 days. [1]") == "Yes. Delivery takes 5 days. [1]"
    assert kept("Yes. Penguins dance. [1]") == ""
    assert kept("Yes. [1]") == ""
    assert checked("Yes. Delivery takes 5 days. [1]").sentences == 1


def test_a_number_of_the_question_may_be_repeated() -> None:
    assert kept("Order 4711 can be returned. [2]", "can I return order 4711?")


def test_a_list_keeps_its_lines() -> None:
    text = "- Delivery costs US$12.95. [1]\n- Items can be returned. [2]"

    assert kept(text) == text


@pytest.mark.parametrize("text", ["送货需要5到8个工作日。[3]", "送货需要5到8个工作日【3】。"])
def test_chinese_citations_are_read(text: str) -> None:
    assert kept(text) == "送货需要5到8个工作日。 [1]"


@pytest.mark.parametrize("text", ["送货需要9个工作日。[3]", "送货到加拿大不需要5到8个工作日。[3]"])
def test_chinese_sentences_are_checked_by_their_characters(text: str) -> None:
    assert kept(text) == ""


def test_an_answer_in_another_language_than_the_passage_is_kept_and_counted() -> None:
    held = checked("退货期限为60天。[2]")

    assert held.kept.text == "退货期限为60天。 [1]"
    assert (held.sentences, held.translated) == (1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "退货期限为30天。[2]",
        "Die meisten Artikel können Sie innerhalb von 30 Tagen zurückgeben. [2]",
    ],
)
def test_of_a_translated_sentence_the_numbers_are_checked(text: str) -> None:
    assert kept(text) == ""


def test_several_numbers_in_one_bracket_are_several_citations() -> None:
    assert kept("Delivery and returned items. [1, 2]") == "Delivery and returned items. [1][2]"


class Deaf(WordEmbedder):
    """Knows no language."""

    async def embed(self, texts):  # type: ignore[no-untyped-def]
        return np.zeros((len(texts), self.dims), np.float32)


async def test_where_the_embedder_knows_nothing_words_decide_as_without_one() -> None:
    text = "Labels cost 9.95. [2] Labels are free. [2] Parcels fly. [1]"

    with_one = await Grounds(Deaf()).check(text, PASSAGES, "")

    assert with_one == await Grounds().check(text, PASSAGES, "")


async def test_an_answer_is_embedded_in_one_go_and_a_sentence_once() -> None:
    embedder = WordEmbedder()

    await Grounds(embedder).check("Labels cost 9.95. [2] Labels cost 9.95. [2]", PASSAGES, "")

    assert embedder.embedded == 3 - 1  # the claim is one of the passage's own two sentences


@given(st.lists(st.sampled_from(["Delivery costs. ", "[1]", "[2] ", "[9]", "\n", "5 days", "。"])))
def test_every_line_that_is_left_cites_a_source_that_is_there(pieces: list[str]) -> None:
    held = checked("".join(pieces)).kept

    cited = {int(n) for n in re.findall(r"\[(\d+)\]", held.text)}
    assert cited == set(range(1, len(held.sources) + 1))
    assert all(re.search(r"\[\d+\]$", line) for line in held.text.splitlines() if line)


@given(st.text(max_size=300))
def test_no_text_is_too_strange(text: str) -> None:
    checked(text, text)
