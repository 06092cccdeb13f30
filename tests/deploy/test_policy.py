"""`switchboard policy`: what the rules say of a message, and what is wrong with a file."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from core.policy.load import SHIPPED
from deploy.cli import main


def call(*words: str) -> Result:
    return CliRunner().invoke(main, ["policy", *words])


def explained(*words: str) -> dict[str, object]:
    done = call("explain", *words, "--json")
    assert done.exit_code == 0, done.output
    found: dict[str, object] = json.loads(done.output)
    return found


def test_a_wish_for_a_person_is_explained_with_every_condition() -> None:
    found = explained("Can I talk to a human please?")

    assert (found["do"], found["rule"]) == ("handoff", "asked for a person")
    rules = found["rules"]
    assert isinstance(rules, list)
    assert rules[-1]["conditions"] == [
        {"wanted": "intent is person", "value": "person", "holds": True}
    ]
    assert not any(rule["fired"] for rule in rules[:-1])


def test_people_read_the_same_in_lines() -> None:
    done = call("explain", "Can I talk to a human please?")

    assert done.output.startswith("handoff  (asked for a person)\n")
    assert "yes  intent is person: person" in done.output
    assert "masks forbidden words: does not hold -> filter" in done.output


def test_what_is_said_of_the_conversation_counts() -> None:
    twice = explained("Where is it?", "--unknowns", "2")
    again = "WHERE IS MY REFUND PAYMENT!!!"
    angry = explained(again, "--before", again, "--before", again, "--before", again)

    assert twice["do"] == "offer"
    assert angry["do"] == "apologise_and_offer"


def test_a_policy_of_ones_own_is_asked_with_attributes_and_hours(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        """
[hours]
zone = "UTC"
monday = ["09:00-17:00"]
[[rule]]
name = "person"
when.intent = ["person"]
do = "handoff"
[[rule]]
name = "gold"
when.attributes = { plan = ["gold"] }
when.open = true
do.handoff = "gold"
""",
        encoding="utf-8",
    )
    words = ("Where is it?", "--policy", str(own), "--attribute", "plan=gold", "--at")

    assert explained(*words, "2026-06-01T10:00+0000")["do"] == "handoff to gold"
    assert explained(*words, "2026-06-01T20:00+0000")["do"] == "answer"


def test_a_file_without_a_mistake_is_said_to_have_none() -> None:
    done = call("check", str(SHIPPED))

    assert (done.exit_code, done.output) == (0, "8 rules, no mistake\n")


@pytest.mark.parametrize("command", [("check",), ("explain", "Hello", "--policy")])
def test_mistakes_are_sentences_and_the_exit_code_is_1(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('[[rule]]\ndo = "fly"\n', encoding="utf-8")

    done = call(*command, str(wrong))

    assert done.exit_code == 1
    assert "wrong.toml has 3 mistakes" in done.output
    assert "rule 1: a name is wanted" in done.output


def test_an_attribute_without_a_value_is_wrong_usage() -> None:
    done = call("explain", "Hello", "--attribute", "plan")

    assert done.exit_code == 2
    assert "NAME=VALUE" in done.output
