"""What labels mean together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.nlu.classifiers.scores import GOEMOTIONS, Meanings
from core.nlu.emotion.feelings import EMOTIONS

CHANCE = st.floats(0, 1)
LABEL = st.sampled_from(["a", "b", "c", "d"])


@given(
    scores=st.dictionaries(LABEL, CHANCE),
    names=st.dictionaries(LABEL, st.sampled_from(["x", "y", ""]), min_size=1),
    several=st.booleans(),
)
def test_a_meaning_is_as_likely_as_its_likeliest_label_at_least(
    scores: dict[str, float], names: dict[str, str], several: bool
) -> None:
    found = Meanings(names=names, several=several).of(scores)

    assert set(found) == {names[label] for label in scores if label in names}
    for name, chance in found.items():
        own = [score for label, score in scores.items() if names.get(label) == name]
        assert max(own) - 1e-9 <= chance <= min(1.0, sum(own) + 1e-9)


def test_labels_that_exclude_each_other_are_added_and_others_are_not() -> None:
    names = {"anger": "anger", "annoyance": "anger"}
    scores = {"anger": 0.5, "annoyance": 0.5, "joy": 0.5}

    assert Meanings(names=names, several=False).of(scores) == {"anger": 1.0}
    assert Meanings(names=names, several=True).of(scores) == {"anger": 0.75}
    assert Meanings(names={}, several=True).of(scores) == pytest.approx(scores)


def test_goemotions_falls_into_all_of_our_emotions() -> None:
    assert len(GOEMOTIONS) == 28
    assert set(GOEMOTIONS.values()) == set(EMOTIONS)
    assert all(GOEMOTIONS[emotion] == emotion for emotion in EMOTIONS)
