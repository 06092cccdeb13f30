"""`switchboard prompts`: what language models are told."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from core.models.prompt import BUILT_IN
from deploy.cli import main

OURS = "version: ours-1\n[system]\nBe kind.\n[user]\n{passages} {question}"


def call(*words: str) -> Result:
    return CliRunner().invoke(main, ["prompts", *words])


@pytest.fixture
def config(tmp_path: Path) -> str:
    (tmp_path / "prompts" / "acme").mkdir(parents=True)
    (tmp_path / "prompts" / "acme" / "answer.zh.txt").write_text(OURS, encoding="utf-8")
    (tmp_path / "e.toml").write_text("[e.variants.a]\n[e.variants.b]", encoding="utf-8")
    file = tmp_path / "switchboard.toml"
    file.write_text(
        f'[core]\nprompts = "{tmp_path}/prompts"\nexperiments = "{tmp_path}/e.toml"\n',
        encoding="utf-8",
    )
    return str(file)


def test_what_ships_and_what_is_ours_is_listed_with_its_version(config: str) -> None:
    rows = json.loads(call("list", "--config", config, "--json").output)

    found = {row["file"]: row for row in rows}
    assert found["acme/answer.zh.txt"] == {
        "name": "answer", "tenant": "acme", "language": "zh", "version": "ours-1",
        "file": "acme/answer.zh.txt",
    }  # fmt: skip
    assert found["(ships) answer.txt"]["version"].startswith("answer-")


def test_the_prompt_of_a_tenant_is_shown_as_its_file_is(config: str) -> None:
    own = call("show", "answer", "--tenant", "acme", "--language", "zh", "--config", config)
    other = call("show", "answer", "--config", config)

    assert own.output.strip() == OURS
    assert other.output.strip() == (BUILT_IN / "answer.txt").read_text("utf-8").strip()


def test_a_name_that_is_not_there_is_a_sentence(config: str) -> None:
    done = call("show", "answer-none", "--config", config)

    assert done.exit_code == 1
    assert "there is no prompt answer-none.txt" in done.output


def test_the_settings_are_checked_with_their_experiments(config: str) -> None:
    assert call("check", "--config", config).output == (
        "1 prompts and 1 experiments, no mistake\n"
    )


def test_a_folder_is_checked_and_all_its_mistakes_are_named(tmp_path: Path) -> None:
    (tmp_path / "answer.txt").write_text(OURS, encoding="utf-8")
    well = call("check", str(tmp_path))
    (tmp_path / "plain.txt").write_text("version: p\n[user]\n{queston}", encoding="utf-8")
    ill = call("check", str(tmp_path))

    assert well.output == "1 prompts, no mistake\n"
    assert ill.exit_code == 1
    assert "plain.txt: {queston} is no field" in ill.output
    assert "plain.txt: {question} is missing" in ill.output
