"""Prompts are files with versions, per tenant and language."""

from pathlib import Path

import pytest

from core.domain.errors import SettingsInvalid, SetupError
from core.models.catalogue import Prompts, read
from core.models.ports import Said
from core.models.prompt import BUILT_IN, Prompt

ANSWER = "version: {}\n[system]\nBe {}.\n[user]\n{{passages}} {{question}}"


def write(folder: Path, name: str, version: str, word: str = "kind") -> None:
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(ANSWER.format(version, word), encoding="utf-8")


def test_what_ships_has_no_mistake_and_a_version_each() -> None:
    entries = read().entries

    assert {"answer", "plain"} <= {entry.name for entry in entries}
    assert len({entry.prompt.version for entry in entries}) == len(entries)


def test_what_ships_has_no_mistake_as_a_folder_either(tmp_path: Path) -> None:
    shipped = list(BUILT_IN.iterdir())
    for file in shipped:
        (tmp_path / file.name).write_bytes(file.read_bytes())

    assert [entry.ships for entry in read(tmp_path).entries] == [False] * len(shipped)


def test_the_nearest_prompt_counts_and_the_tenant_more_than_the_language(tmp_path: Path) -> None:
    for name in ("answer.txt", "answer.zh.txt", "acme/answer.txt", "acme/answer.de.txt"):
        write(tmp_path, name, name, name)

    prompts = read(tmp_path).prompts("answer")

    places = [("acme", "de"), ("acme", "zh"), ("bolt", "zh"), ("bolt", "de"), ("bolt", "")]
    assert [prompts.of(*place).version for place in places] == [
        "acme/answer.de.txt", "acme/answer.txt", "answer.zh.txt", "answer.txt", "answer.txt"
    ]  # fmt: skip


def test_what_a_folder_does_not_have_is_what_ships(tmp_path: Path) -> None:
    write(tmp_path, "acme/answer.txt", "acme-1")
    write(tmp_path, "answer-short.txt", "short-1")

    catalogue = read(tmp_path)

    assert catalogue.prompts("answer").of("acme", "en").version == "acme-1"
    assert catalogue.prompts("answer").of("bolt", "en") == Prompt.load("answer")
    assert catalogue.prompts("answer-short").of("acme", "en").version == "short-1"


def test_an_operator_s_prompt_takes_the_place_of_what_ships(tmp_path: Path) -> None:
    write(tmp_path, "answer.txt", "ours-1")

    versions = [e.prompt.version for e in read(tmp_path).entries if e.name == "answer"]

    assert versions == ["ours-1"]


@pytest.mark.parametrize(
    ("name", "text", "mistake"),
    [
        ("reply.txt", ANSWER.format("r", "kind"), "reply.txt: is named for no prompt"),
        ("answer.english.txt", ANSWER.format("r", "x"), "is named for no prompt"),
        ("answer.txt", "Answer!", "must begin with"),
        ("answer.txt", "version: a\n[user]\n{question}", "answer.txt: {passages} is missing"),
        ("answer.txt", ANSWER.format("a", "{compny}"), "{compny} is no field; there are canary"),
        ("answer.txt", ANSWER.format("a", "{history}"), "{history} holds words of others"),
        ("acme/plain.txt", "version: a\n[user]\nQ", "acme/plain.txt: {question} is missing"),
        ("summary.txt", "version: a\n[system]\n{words}\n[user]\nQ", "{messages} is missing"),
        ("answer.txt", ANSWER.format("answer-2", "x"), "answer-2 with other words than one that"),
    ],
)
def test_a_mistake_is_named_with_its_file(
    tmp_path: Path, name: str, text: str, mistake: str
) -> None:
    (tmp_path / "acme").mkdir()
    (tmp_path / name).write_text(text, encoding="utf-8")

    with pytest.raises(SettingsInvalid) as raised:
        read(tmp_path)

    assert mistake in str(raised.value)
    assert "has 1 mistake:" in str(raised.value)


def test_all_mistakes_are_named_together(tmp_path: Path) -> None:
    (tmp_path / "answer.txt").write_text("version: a\n[user]\n{queston}", encoding="utf-8")
    (tmp_path / "b.txt").write_text("", encoding="utf-8")

    with pytest.raises(SettingsInvalid, match="has 4 mistakes"):
        read(tmp_path)


def test_a_version_names_one_text(tmp_path: Path) -> None:
    write(tmp_path, "answer.txt", "a-1")
    write(tmp_path, "acme/answer.txt", "a-1", "firm")
    write(tmp_path, "bolt/answer.txt", "a-1")

    with pytest.raises(SettingsInvalid, match="1 mistake") as raised:
        read(tmp_path)

    assert "acme/answer.txt: says version a-1 with other words than" in str(raised.value)


def test_a_folder_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="is no folder"):
        read(tmp_path / "none")


def test_a_name_without_a_prompt_for_everybody_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "answer-short.zh.txt", "short-1")

    with pytest.raises(SetupError, match=r"no prompt answer-short\.txt"):
        read(tmp_path).prompts("answer-short")


def test_one_prompt_may_be_for_everybody() -> None:
    prompt = Prompt(version="v", parts=(Said(role="user", text="Q"),))

    assert Prompts.only(prompt).of("acme", "zh") is prompt
