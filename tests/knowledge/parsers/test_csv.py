import pytest

from core.domain.errors import DocumentRefused
from tests.knowledge.outlines import outline, read


def test_a_table_keeps_quoted_cells_and_fills_short_rows() -> None:
    assert outline(read("a.csv", 'name,note\n"Bike, red","He said ""go""\nnow"\nTent\n')) == [
        ("", (("name", "note"), ("Bike, red", 'He said "go" now'), ("Tent", "")))
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    text = "\n".join(delimiter.join(row) for row in (["a", "b"], ["1.5", "x"], ["2", "y"]))

    assert outline(read("a.csv", text)) == [("", (("a", "b"), ("1.5", "x"), ("2", "y")))]


def test_columns_without_a_header_are_numbered() -> None:
    assert outline(read("a.csv", "Bike,100\nTent,50\n")) == [
        ("", (("Column 1", "Column 2"), ("Bike", "100"), ("Tent", "50")))
    ]


def test_years_may_be_headers() -> None:
    assert outline(read("a.csv", "Shop,2023,2024\nNorth,1,2\n")) == [
        ("", (("Shop", "2023", "2024"), ("North", "1", "2")))
    ]


@pytest.mark.parametrize(
    "header", ["question,answer", "Question,ANSWER", "q,a", "问题,答案", "\ufeffQuestion , Answer"]
)
def test_questions_with_answers_become_pairs(header: str) -> None:
    assert outline(read("a.csv", f"{header}\nOpen?,At 9.\nClosed?,\nFree?,Yes.\n")) == [
        ("", ("Open?", "At 9.")),
        ("", ("Free?", "Yes.")),
    ]


def test_pairs_stand_under_the_topic_of_their_row() -> None:
    text = "id,category,question,answer\n1,Post,Fast?,Yes\n2,Post,Far?,No\n3,Pay,Card?,Yes\n"

    assert outline(read("a.csv", text)) == [
        ("Post", ("Fast?", "Yes")),
        ("Post", ("Far?", "No")),
        ("Pay", ("Card?", "Yes")),
    ]


def test_an_faq_without_one_whole_pair_is_refused() -> None:
    with pytest.raises(DocumentRefused, match="no row of it has both"):
        read("a.csv", "question,answer\nOpen?,\n")


def test_a_quote_left_open_is_refused() -> None:
    with pytest.raises(DocumentRefused, match="is a quote left open"):
        read("a.csv", 'a,b\n"' + "x,y\n" * 50_000)
