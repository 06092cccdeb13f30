"""policy.toml: what is read, and what is said about mistakes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.domain.errors import SettingsInvalid
from core.policy.load import MOST_RULES, parse, read
from core.policy.rules import Customer, CustomerWithin, Disclaimer, HandOver, Open, Within

PERSON = '[[rule]]\nname = "person"\nwhen.intent = ["person"]\ndo = "handoff"\n'

WRONG = """
[word]
[words]
empty = []
stars = ["*"]
[hours]
zone = "Mars"
monday = ["9-17"]
closed = ["Christmas"]
[[rule]]
when.intent = "person"
when.frustration = { at_least = 2 }
when.unknowns = { at_least = true }
when.confidence = { at_least = 0.5, below = 0.5 }
when.words = ["rude"]
when.weather = ["rain"]
when.attributes = { plan = { is = "gold" } }
when.open = "yes"
do = "fly"
colour = 1
[[rule]]
name = "masks nothing"
when = {}
do = "filter"
[[rule]]
name = "masks nothing"
do.disclaimer.de = "Ohne Gewähr."
"""


def refused(text: str) -> list[str]:
    with pytest.raises(SettingsInvalid) as told:
        parse(text)
    return [line.strip() for line in str(told.value).splitlines()]


def test_every_mistake_is_named_at_once() -> None:
    told = refused(WRONG)

    assert told[0] == "policy.toml has 22 mistakes:"
    for start in (
        "word: there is no such table",
        "words.empty: a list of words",
        "words.stars: a list of words",
        "hours.zone: the name of a time zone",
        "hours.monday: 9-17 is no span",
        "hours.closed: Christmas is no date",
        "rule 1: a name is wanted",
        "rule 1: there is no field colour",
        "rule 1, when.intent: a list of labels",
        "rule 1, when.frustration: frustration lies between 0 and 1",
        "rule 1, when.unknowns: at_least and below are numbers",
        "rule 1, when.confidence: nothing is at least",
        "rule 1, when.words: there is no list rude",
        "rule 1, when.weather: there is no such condition",
        "rule 1, when.attributes.plan: a table with at_least",
        "rule 1, when.open: true or false",
        "rule 1: do is one of answer, offer",
        'rule "masks nothing": conditions are wanted',
        'rule "masks nothing": a filter needs when.answer_words',
        'rule "masks nothing": a disclaimer by language needs en',
        'rule "masks nothing": another rule has this name',
        "rule: the first rule that decides",
    ):
        assert any(line.startswith(start) for line in told), (start, told)


@pytest.mark.parametrize(
    "text",
    [
        "",
        '[[rule]]\nname = "all"\ndo = "answer"\n' + PERSON,
        PERSON.replace('["person"]', '["person"]\nwhen.open = true'),
        PERSON.replace('"handoff"', '"offer"'),
        PERSON.replace('["person"]', '["refund"]'),
    ],
)
def test_nothing_may_stand_between_a_customer_and_a_person(text: str) -> None:
    assert any("the first rule that decides must be" in line for line in refused(text))


def test_a_note_may_stand_above_the_rule_for_a_person() -> None:
    policy = parse('[[rule]]\nname = "note"\ndo.disclaimer = "All ours."\n' + PERSON)

    assert policy.rules[0].when == ()
    assert policy.rules[0].do == Disclaimer({"": "All ours."})


def test_every_form_is_read() -> None:
    policy = parse(
        PERSON
        + """
[[rule]]
name = "more"
when.repeats = { at_least = 1, below = 4 }
when.attributes = { plan = ["gold", "silver"] }
when.open = false
do = { handoff = "night shift" }
"""
    )

    assert policy.rules[1].when == (
        Within(of="repeats", at_least=1, below=4),
        Customer("plan", ("gold", "silver")),
        Open(False),
    )
    assert policy.rules[1].do == HandOver("night shift")


@pytest.mark.parametrize(
    "text",
    ["rule = 1", "rule = [1]", "words = 1", "hours = 1", "[[rule]]\ndo = 1", "[[rule]]\nwhen = 1"],
)
def test_a_value_of_the_wrong_type_is_a_sentence(text: str) -> None:
    assert len(refused(text)) > 1


def test_too_many_rules_are_refused() -> None:
    many = PERSON + "".join(f'[[rule]]\nname = "{n}"\ndo = "answer"\n' for n in range(MOST_RULES))

    assert any(f"{MOST_RULES} are read at most" in line for line in refused(many))


def test_a_file_that_is_not_there_or_not_text_is_a_sentence(tmp_path: Path) -> None:
    wrong = tmp_path / "policy.toml"
    wrong.write_bytes(b"\xff")

    with pytest.raises(SettingsInvalid, match=r"gone\.toml cannot be read"):
        read(tmp_path / "gone.toml")
    with pytest.raises(SettingsInvalid, match="it is not UTF-8"):
        read(wrong)
    with pytest.raises(SettingsInvalid, match="not readable as TOML"):
        parse("rule = ")


def test_open_until_midnight_is_open_at_its_last_minute() -> None:
    policy = parse(PERSON + '[hours]\nzone = "UTC"\nsunday = ["22:00-24:00"]\n')

    assert policy.open_at(datetime(2026, 6, 7, 23, 59, 59, tzinfo=UTC))
    assert not policy.open_at(datetime(2026, 6, 8, 0, 0, tzinfo=UTC))


def the_rules(text: str) -> tuple:
    return parse(PERSON + text).rules[1:]


def test_attributes_are_values_lists_and_ranges_of_numbers() -> None:
    (rule,) = the_rules(
        """
[[rule]]
name = "gold"
when.attributes.plan = "gold"
when.attributes.country = ["DE", "AT"]
when.attributes.vip = true
when.attributes.seats = { at_least = 5, below = 50 }
do = "offer"
"""
    )

    assert rule.when == (
        Customer("plan", ("gold",)),
        Customer("country", ("DE", "AT")),
        Customer("vip", ("true",)),
        CustomerWithin(attribute="seats", at_least=5, below=50),
    )


@pytest.mark.parametrize(
    ("people", "sentence"),
    [
        ("{ priority = 101 }", "people.priority is a whole number from 0 to 100"),
        ("{ priority = true }", "people.priority is a whole number from 0 to 100"),
        ("{ priority = -1 }", "people.priority is a whole number from 0 to 100"),
        ("{ team = 7 }", "people.team is the name of a team"),
        ("{ team = ' ' }", "people.team is the name of a team"),
        ("{ skills = 'tax' }", "people.skills is a list of skills"),
        ("{ room = 3 }", "people has no room; there are team, priority and skills"),
    ],
)
def test_people_who_cannot_be_read_are_named(people: str, sentence: str) -> None:
    told = refused(f'[[rule]]\nname = "x"\ndo = {{ people = {people} }}\n{PERSON}')

    assert len(told) == 2
    assert f'rule "x": {sentence}' in told[1]
