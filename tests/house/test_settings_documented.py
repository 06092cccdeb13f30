"""Every setting is in env.example, with its default and what changes when it is changed."""

from pathlib import Path

from deploy.example import documented, render

FILE = Path(__file__).parents[2] / "deploy" / "env.example"


def test_every_setting_has_a_sentence() -> None:
    short = [entry.variable for entry in documented() if len(entry.sentence.split()) < 5]

    assert short == []


def test_env_example_says_what_the_code_says() -> None:
    cure = "make env-example writes the file anew"

    assert FILE.read_text(encoding="utf-8") == render(), cure
