"""Whether unsupported sentences are still told as well as they were."""

import random

import pytest

from core.grounding.signals import Evidence, signals
from core.grounding.support import LIMIT, doubt
from tests.bench.grounding import planted
from tests.bench.grounding.cases import DATA, Said, otherwise, supported


def flagged(said: Said) -> bool:
    compared = signals(said.sentence, Evidence(said.cited), said.question)
    return doubt(compared, None) >= LIMIT


@pytest.mark.slow
def test_most_planted_sentences_are_told_and_most_others_left_alone() -> None:
    if not (DATA / "anthropic_docs").is_dir():
        pytest.skip("the evaluation sets are not here")
    true = [one for one in supported(DATA, ["anthropic_docs"]) if not one.tuning]
    false = [*planted.plant(true)]

    told = sum(map(flagged, false)) / len(false)
    lost = sum(map(flagged, true)) / len(true)

    assert (told > 0.7, lost < 0.15) == (True, True), (told, lost)


@pytest.mark.parametrize(
    ("sentence", "other"),
    [
        ("If it rains, the tour starts at 9.", "The tour starts at 9 if it rains."),
        ("You can pay 1,000 dollars.", "You is able to pay 1000 dollars."),
        ("It costs nothing.", "It costs nothing."),
    ],
)
def test_a_rule_says_a_sentence_otherwise(sentence: str, other: str) -> None:
    assert otherwise(sentence) == other


def test_numbers_dates_and_denials_are_planted() -> None:
    chance = random.Random(1)
    said = "The tour on Monday takes 5 hours and is free before noon."

    assert planted.number(said, chance) not in (None, said)
    assert planted.date(said, chance) not in (None, said)
    assert planted.unit(said, chance) == said.replace("hours", "days")
    assert planted.denied(said, chance) == said.replace("is free", "is not free")
    assert planted.opposite(said, chance) == said.replace("before", "after")
    assert planted.number("Nothing here.", chance) is None
