"""`switchboard intents`: from a file to a head, with the real embedder and a real database."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from core.nlu.intents.read import STARTER, read
from deploy.cli import main
from deploy.intents import MessageVectors, trained
from knowledge.embedders.minilm import MiniLmEmbedder

pytestmark = [pytest.mark.slow, pytest.mark.models]

CATALOGUE = """
[[intent]]
name = "refund"
do = { ticket = "billing" }
languages = ["en"]
examples = ["where is my refund", "I want my money back", "when will I be refunded", "refund"]

[[intent]]
name = "opening"
examples = ["when are you open", "opening hours please", "are you open on Sunday", "open today?"]

[[intent]]
name = "password"
do = { handoff = "care" }
examples = ["I forgot my password", "reset my password", "cannot log in", "login fails"]

[[intent]]
name = "shipping"
examples = ["how long is delivery", "when does my parcel come", "delivery time", "shipping days"]
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
def catalogue(tmp_path: Path) -> str:
    file = tmp_path / "mine.toml"
    file.write_text(CATALOGUE, encoding="utf-8")
    return str(file)


def test_imported_intents_are_listed_trained_and_measured(call: Call, catalogue: str) -> None:
    assert call("intents", "list").output.startswith("there are no intents")
    assert call("intents", "import", catalogue).output == "4 intents with 16 examples are kept\n"
    before = json.loads(call("intents", "list", "--json").output)
    assert before[0] == {
        "intent": "refund",
        "examples": 4,
        "languages": "en",
        "do": '{"ticket": "billing"}',
        "recall": None,
    }

    trained = call("intents", "train", "--json")

    assert trained.exit_code == 0, trained.output
    report = json.loads(trained.output)
    assert report["examples"] == 16
    assert report["accuracy"] > 0.5
    assert {one["name"] for one in report["intents"]} == {
        "refund", "opening", "password", "shipping"
    }  # fmt: skip
    after = json.loads(call("intents", "list", "--json").output)
    assert [row["recall"] for row in after] == [
        next(one["recall"] for one in report["intents"] if one["name"] == row["intent"])
        for row in after
    ]


def test_measuring_keeps_nothing(call: Call, catalogue: str) -> None:
    said = call("intents", "eval", catalogue)

    assert said.exit_code == 0, said.output
    assert "of 16 examples were recognised by a head that did not know them" in said.output
    assert json.loads(call("intents", "list", "--json").output) == []


def test_what_one_tenant_imported_is_not_another_s(call: Call, catalogue: str) -> None:
    call("tenant", "add", "acme")
    call("intents", "import", catalogue, "--tenant", "acme")

    assert json.loads(call("intents", "list", "--json").output) == []
    assert len(json.loads(call("intents", "list", "--json", "--tenant", "acme").output)) == 4


def test_the_examples_of_a_csv_file_become_intents(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    lines = [f"{word} {number},{word}" for word in ("alpha", "beta") for number in range(3)]
    file.write_text("text,label\n" + "\n".join(lines), encoding="utf-8")

    assert call("intents", "import", str(file)).output == "2 intents with 6 examples are kept\n"


def test_a_wrong_file_ends_with_sentences_and_exit_code_1(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text('[[intent]]\nname = "A B"\n', encoding="utf-8")

    said = call("intents", "import", str(file))

    assert said.exit_code == 1
    assert "wrong.toml has 3 mistakes" in said.output


def test_a_tenant_that_is_not_there_is_named_as_such(call: Call, catalogue: str) -> None:
    said = call("intents", "import", catalogue, "--tenant", "nobody")

    assert (said.exit_code, said.output) == (1, "Error: There is no such tenant.\n")


async def test_the_starter_set_tells_wishes_in_both_languages_and_forces_nothing(
    tmp_path: Path,
) -> None:
    said = {
        "where the hell is my package": "parcel_missing",
        "My card got declined twice at checkout": "payment_failed",
        "i lost my password, help": "sign_in",
        "please cancel the order from yesterday": "cancel_order",
        "你们那里能用支付宝付钱吗": "payment_methods",
        "忘了密码登不进去": "sign_in",
        "What is the capital of France?": "",
        "tell me a joke": "",
        "how do tides work": "",
    }
    async with await MiniLmEmbedder.open(tmp_path) as embedder:
        embeds = MessageVectors(embedder)
        head, _ = await trained(read(STARTER), embeds)

        guesses = head.judge([*said], await embeds.embed([*said]))

    found = {text: guess.intent for text, guess in zip(said, guesses, strict=True)}
    assert found == said
