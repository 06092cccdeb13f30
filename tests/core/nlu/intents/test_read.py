"""intents.toml and CSV: what is read, and what is said about mistakes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import SettingsInvalid
from core.nlu.intents.catalogue import (
    Answer,
    CannedReply,
    Catalogue,
    HandOffTo,
    IntentDefinition,
    OpenTicket,
    UseTool,
)
from core.nlu.intents.read import STARTER, from_csv, parse, read, write

ONE = '[[intent]]\nname = "refund"\nexamples = ["a", "b", "c"]\n'


def test_every_form_of_action_is_read() -> None:
    forms = {
        '"answer"': Answer(),
        '{ reply = "Hello" }': CannedReply({"": "Hello"}),
        '{ reply = { en = "Hello", zh = "您好" } }': CannedReply({"en": "Hello", "zh": "您好"}),
        '{ handoff = "billing" }': HandOffTo("billing"),
        '{ ticket = "orders" }': OpenTicket("orders"),
        '{ tool = "order_status" }': UseTool("order_status"),
    }

    found = {form: parse(f"{ONE}do = {form}\n").intents[0].action for form in forms}

    assert found == forms


def test_what_is_not_said_is_answered_from_the_documents_in_every_language() -> None:
    (intent,) = parse(ONE).intents

    assert (intent.action, intent.languages) == (Answer(), ())
    assert intent.holds_in("de")


def test_an_intent_of_some_languages_holds_in_no_other_and_where_the_language_is_unknown() -> None:
    (intent,) = parse(f'{ONE}languages = ["en", "zh"]\n').intents

    assert [intent.holds_in(language) for language in ("en", "de", "")] == [True, False, True]


def test_all_mistakes_are_named_at_once_with_their_intent() -> None:
    text = """
[other]
[[intent]]
name = "Refund!"
examples = "a"
[[intent]]
name = "order"
examples = ["where is it", "WHERE is my parcel"]
do = { handoff = 3 }
languages = ["English"]
colour = "red"
[[intent]]
name = "order"
examples = ["where is my parcel", "b", "c"]
do = "dance"
"""

    with pytest.raises(SettingsInvalid) as refused:
        parse(text)

    told = str(refused.value)
    assert told.startswith("intents.toml has 10 mistakes:")
    for sentence in (
        "other: there is no such table",
        "Refund!: its name is lower-case letters",
        "Refund!: examples is a list of texts",
        "Refund!: at least 3 different examples",
        "order: there is no field colour",
        'order: languages is a list such as ["en", "zh"]',
        "order: handoff is a name, in quotation marks",
        "order: at least 3 different examples",
        'order: do is "answer", or a table',
        "order: the name is there twice",
    ):
        assert sentence in told


@pytest.mark.parametrize(
    "text", ["", "intent = 3", "[intent]\nname = 'a'", "not toml", "intent = [1]"]
)
def test_a_file_of_another_form_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(SettingsInvalid, match=r"intents\.toml"):
        parse(text)


def test_an_example_of_two_intents_is_a_mistake() -> None:
    with pytest.raises(SettingsInvalid, match="other: example 2 is an example of refund, too"):
        parse(ONE + ONE.replace("refund", "other").replace('"a", "b"', '"x", "B"'))


def test_mistakes_do_not_repeat_the_examples() -> None:
    secret = "my card is 4111"
    text = f'[[intent]]\nname = "pay"\nexamples = ["{secret}", "{secret * 100}"]\n'

    with pytest.raises(SettingsInvalid) as refused:
        parse(text)

    assert secret not in str(refused.value)


def test_a_file_that_is_not_there_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match=r"mine\.toml cannot be read: No such file"):
        read(tmp_path / "mine.toml")


def test_csv_becomes_intents_by_label() -> None:
    lines = [
        "\ufefftext,label",
        '"Where, please?",Order Status',
        "b,order status",
        "c,order_status",
    ]

    catalogue = from_csv("\n".join(lines))

    assert catalogue.intents == (IntentDefinition("order_status", ("Where, please?", "b", "c")),)


def test_mistakes_of_csv_are_named_by_line() -> None:
    with pytest.raises(SettingsInvalid) as refused:
        from_csv("text,label\na,x\n,x\nb,???\n", "mine.csv")

    told = str(refused.value)
    assert "mine.csv has 3 mistakes" in told
    assert "line 3: a text and a label" in told
    assert "line 4: a text and a label" in told
    assert "x: at least 3 different examples" in told


def test_csv_without_the_columns_is_refused() -> None:
    with pytest.raises(SettingsInvalid, match="the columns text and label are wanted"):
        from_csv("question,answer\na,b\n")


def test_the_starter_set_has_its_size_in_both_languages() -> None:
    catalogue = read(STARTER)

    assert 25 <= len(catalogue.intents) <= 30
    for intent in catalogue.intents:
        assert 8 <= len(intent.examples) <= 15
        assert sum("\u4e00" <= text[0] <= "\u9fff" for text in intent.examples) >= 5
        assert intent.languages == ("en", "zh")


_texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20).map(
    lambda text: " ".join(text.split())
)


@given(
    st.lists(_texts.filter(bool), min_size=3, max_size=6, unique_by=str.casefold),
    st.one_of(
        st.just(Answer()),
        _texts.filter(bool).map(HandOffTo),
        _texts.filter(bool).map(lambda text: CannedReply({"": text, "zh": text})),
    ),
)
def test_what_is_written_is_read_back(examples: list[str], action: object) -> None:
    catalogue = Catalogue((IntentDefinition("one", tuple(examples), action, ("en",)),))  # type: ignore[arg-type]

    assert parse(write(catalogue)) == catalogue
