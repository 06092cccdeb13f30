import json

import pytest

from core.domain.errors import DocumentRefused
from tests.knowledge.outlines import outline, read

PAIR = {"question": "Open?", "answer": "At 9."}


def _read(value: object) -> list[tuple[str, object]]:
    return outline(read("a.json", json.dumps(value)))


@pytest.mark.parametrize("value", [[PAIR], {"faq": [PAIR]}, {"items": [PAIR]}, PAIR])
def test_pairs_are_found_wherever_they_stand(value: object) -> None:
    assert [body for _, body in _read(value)] == [("Open?", "At 9.")]


def test_pairs_stand_under_their_category() -> None:
    assert _read([PAIR | {"category": "Hours"}, PAIR | {"category": "Hours"}]) == [
        ("Hours", ("Open?", "At 9.")),
        ("Hours", ("Open?", "At 9.")),
    ]


def test_questions_may_be_keys() -> None:
    assert _read({"Open?": "At 9."}) == [("", ("Open?", "At 9."))]


def test_articles_become_sections() -> None:
    articles = [{"title": "Post", "body": "Fast.", "url": "x"}, {"title": "Pay", "text": "Cards."}]

    assert _read(articles) == [("Post", "Fast."), ("Pay", "Cards.")]


def test_objects_with_the_same_fields_become_a_table() -> None:
    assert _read([{"name": "S", "unit_price": 5}, {"name": "L", "unit_price": None}]) == [
        ("", (("name", "unit price"), ("S", "5"), ("L", "")))
    ]


def test_nested_objects_become_headings_and_lines() -> None:
    value = {"title": "Shop", "hours": {"monday": "9 to 5", "parking": True}, "cities": ["A", "B"]}

    document = read("a.json", json.dumps(value))

    assert document.title == "Shop"
    assert outline(document) == [
        ("", "title: Shop"),
        ("hours", "monday: 9 to 5\nparking: yes"),
        ("cities", "- A\n- B"),
    ]


def test_json_lines_are_read_line_by_line() -> None:
    lines = "\n".join(json.dumps(PAIR | {"id": number}) for number in range(3))

    assert len(outline(read("a.jsonl", f"{lines}\n\n"))) == 3


def test_a_broken_line_is_named_by_its_number() -> None:
    with pytest.raises(DocumentRefused, match=r"^a\.jsonl: line 3 of it is not valid JSON$"):
        read("a.jsonl", '{"a": 1}\n\n{"a": \n')


@pytest.mark.parametrize("text", ['{"secret word": ', "secret word", '["\\ud800"', "[1, NaN]"])
def test_broken_json_is_refused_without_quoting_it(text: str) -> None:
    with pytest.raises(DocumentRefused, match="it is not valid JSON") as refused:
        read("a.json", text)

    assert "secret" not in str(refused.value)
