"""`switchboard policy`: what the rules say of a message, and what is wrong with a file."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from core.policy.load import SHIPPED
from deploy.cli import main

pytestmark = [pytest.mark.slow, pytest.mark.models]


def call(*words: str) -> Result:
    return CliRunner().invoke(main, ["policy", *words])


class Explain:
    """Explains with the models of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = ("--data-dir", str(folder))

    def lines(self, *words: str) -> str:
        done = call("explain", *words, *self._folder)
        assert done.exit_code == 0, done.output
        return done.output

    def __call__(self, *words: str) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.lines(*words, "--json"))
        return found


@pytest.fixture(scope="module")
def explained(tmp_path_factory: pytest.TempPathFactory) -> Explain:
    return Explain(tmp_path_factory.mktemp("data"))


def test_a_wish_for_a_person_is_explained_with_every_condition(explained: Explain) -> None:
    found = explained("Can I talk to a human please?")

    assert (found["do"], found["rule"]) == ("handoff", "asked for a person")
    rules = found["rules"]
    assert isinstance(rules, list)
    assert rules[-1]["conditions"] == [
        {"wanted": "intent is person", "value": "person", "holds": True}
    ]
    assert not any(rule["fired"] for rule in rules[:-1])


def test_people_read_the_same_in_lines(explained: Explain) -> None:
    said = explained.lines("Can I talk to a human please?")

    assert said.startswith("handoff  (asked for a person)\n")
    assert "yes  intent is person: person" in said
    assert "masks forbidden words: does not hold -> filter" in said


def test_what_is_said_of_the_conversation_counts(explained: Explain) -> None:
    twice = explained("Where is it?", "--unknowns", "2")
    again = "WHERE IS MY REFUND PAYMENT!!!"
    angry = explained(again, "--before", again, "--before", again, "--before", again)

    assert twice["do"] == "offer"
    assert angry["do"] == "apologise_and_offer"


def test_what_the_customer_feels_is_judged_with_the_model(
    explained: Explain, tmp_path: Path
) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        """
[[rule]]
name = "person"
when.intent = ["person"]
do = "handoff"
[[rule]]
name = "angry"
when.emotion = ["anger"]
do = "offer"
""",
        encoding="utf-8",
    )

    angry = explained("I hate this, you idiots make me so angry", "--policy", str(own))
    chinese = explained("你们太敷衍了，气死我了，垃圾", "--policy", str(own))
    calm = explained("Where can I change my address?", "--policy", str(own))

    assert [one["do"] for one in (angry, chinese, calm)] == ["offer", "offer", "answer"]


def test_a_policy_of_ones_own_is_asked_with_attributes_and_hours(
    explained: Explain, tmp_path: Path
) -> None:
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
when.attributes.plan = "gold"
when.open = true
do.handoff = "gold"
""",
        encoding="utf-8",
    )
    words = ("Where is it?", "--policy", str(own), "--attribute", "plan=gold", "--at")

    assert explained(*words, "2026-06-01T10:00+0000")["do"] == "handoff to gold"
    assert explained(*words, "2026-06-01T20:00+0000")["do"] == "answer"


def test_attributes_that_say_who_takes_over_are_explained(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        """
[[rule]]
name = "big customers"
when.attributes.seats = { at_least = 100 }
do.people = { team = "key accounts", priority = 5, skills = ["contracts"] }
[[rule]]
name = "person"
when.intent = ["person"]
do = "handoff"
""",
        encoding="utf-8",
    )
    words = ("explain", "I want a person", "--policy", str(own), "--attribute")

    big, small = (call(*words, f"seats={seats}").output for seats in (120, 20))

    who = "people: to key accounts, priority 5, skills contracts"
    assert big.splitlines()[:2] == ["handoff  (person)", who]
    assert "yes  attribute seats at least 100: 120" in big
    assert small.splitlines()[:2] == ["handoff  (person)", ""]
    wrong = call(*words, f"plan={'x' * 201}")
    assert wrong.exit_code == 2
    assert "The attribute plan has more than 200 characters." in wrong.output


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
