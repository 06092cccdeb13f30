"""`switchboard answers`, with the real embedder and a real database."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from deploy.cli import main

pytestmark = [pytest.mark.slow, pytest.mark.models]

FILE = """question,answer,language,expires,enabled
How do I cancel my order?,Open the order and press cancel.,en,,
"I want to cancel, how?",Open the order and press cancel.,en,,
怎么取消订单？,打开订单，点击取消。,zh,,
Do you sell gift cards?,"Yes, from ten dollars.",,2099-12-31,
Is there a shop?,Not any more.,,,no
"""


class Call:
    """Calls commands in this process."""

    def __call__(self, *words: str) -> Result:
        return CliRunner().invoke(main, words)


@pytest.fixture
def call(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("SWITCHBOARD_DEPLOY__DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return Call()


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "answers.csv"
    path.write_text(FILE, encoding="utf-8")
    return str(path)


def test_imported_answers_are_listed_tested_switched_and_removed(call: Call, file: str) -> None:
    assert call("answers", "list").output == "no answer is approved\n"
    said = call("answers", "import", file, "--by", "Mia")
    assert said.output == "4 answers to 5 questions are approved\n", said.output
    rows = {row["answer"]: row for row in json.loads(call("answers", "list", "--json").output)}
    cancel, shop = rows["Open the order and press cancel."], rows["Not any more."]
    assert cancel["questions"] == ["How do I cancel my order?", "I want to cancel, how?"]
    assert (cancel["approved_by"], cancel["language"], cancel["enabled"]) == ("Mia", "en", True)
    assert rows["Yes, from ten dollars."]["expires_at"].startswith("2099-12-31T23:59:59")
    assert not shop["enabled"]

    found = json.loads(call("answers", "test", "how can I cancel my order", "--json").output)
    chinese = json.loads(call("answers", "test", "请问如何取消我的订单", "--json").output)
    denied = json.loads(call("answers", "test", "how do I not cancel my order", "--json").output)

    assert (found[0]["verdict"], found[0]["id"]) == ("wins", cancel["id"])
    assert (chinese[0]["verdict"], chinese[0]["answer"]) == ("wins", "打开订单，点击取消。")
    assert denied[0]["verdict"] == "numbers, names or denials differ"
    assert call("answers", "disable", cancel["id"]).output == "1 disabled\n"
    assert call("answers", "enable", shop["id"]).output == "1 enabled\n"
    assert call("answers", "remove", cancel["id"]).output == "1 removed\n"
    assert call("answers", "remove", cancel["id"]).exit_code == 1
    assert len(json.loads(call("answers", "list", "--json").output)) == 3


def test_a_wording_that_is_added_again_has_the_new_answer(call: Call) -> None:
    call("answers", "add", "Opening hours?", "When are you open?", "--answer", "Always.")
    call("answers", "add", "OPENING HOURS", "--answer", "From nine.", "--until", "2099-01-01")

    rows = json.loads(call("answers", "list", "--json").output)
    assert {row["answer"]: row["questions"] for row in rows} == {
        "Always.": ["When are you open?"],
        "From nine.": ["OPENING HOURS"],
    }
    assert "From nine." in call("answers", "list").output


def test_another_tenant_s_answers_are_not_listed(call: Call) -> None:
    call("tenant", "add", "acme")
    call("answers", "add", "Opening hours?", "--answer", "Always.", "--tenant", "acme")

    assert json.loads(call("answers", "list", "--json").output) == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("add", "?", "--answer", "So."), "a question and an answer are wanted"),
        (("add", "Why?", "--answer", "So.", "--until", "soon"), "written as 2026-12-31"),
        (("add", "Why?", "--answer", "So.", "--tenant", "nobody"), "There is no such tenant."),
        (("remove", "it"), "an id is as"),
    ],
)
def test_what_cannot_be_ends_with_one_sentence(call: Call, words, sentence) -> None:
    said = call("answers", *words)

    assert said.exit_code == 1
    assert sentence in said.output


def test_every_mistake_of_a_file_is_told_with_its_line(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "wrong.csv"
    file.write_text("question,answer,expires,enabled\n,So.,soon,perhaps\nWhy?,,,\n")

    said = call("answers", "import", str(file))

    assert said.exit_code == 1
    assert "wrong.csv has 4 mistakes" in said.output
    assert "line 3: a question and an answer are wanted" in said.output
