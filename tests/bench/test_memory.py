"""The bench of memory, in short: the figures that are promised hold on talks of our own."""

import random

import pytest

from core.memory.budget import Budget
from tests.bench.memory.measure import WANTED_SHARE, WANTED_TOKENS, ended, figures, has
from tests.bench.memory.planted import planted
from tests.bench.memory.talks import TURNS, compose, own


@pytest.mark.parametrize("split", ["tuning", "reporting"])
async def test_a_prompt_has_nearly_all_of_a_long_talk_for_less_than_a_third(split) -> None:
    talks = [compose(own(), random.Random(seed), split) for seed in range(3)]

    ends = [await ended(talk, Budget(tokens=1_500), None) for talk in talks]
    found = await figures(ends, None)

    ours = found["ways"]["memory and window"]
    assert ours["share_of_kept"] >= WANTED_SHARE
    assert ours["share_of_tokens"] <= WANTED_TOKENS
    assert found["ways"]["whole history"]["kept"] == 1.0
    assert found["ways"]["window alone"]["kept"] < 0.7
    assert found["versions_per_talk"] >= 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_same_seed_plants_the_same_and_every_answer_is_said(language) -> None:
    first = [*planted(random.Random(5), "tuning", language)]

    assert first == [*planted(random.Random(5), "tuning", language)]
    assert all(has(one.text, one.answer) for one in first)
    assert len({one.kind for one in first}) == len(first)


def test_a_talk_has_its_turns_and_what_was_planted_lies_before_the_last_ones() -> None:
    talk = compose(own(), random.Random(1), "tuning")

    assert len(talk.messages) == 2 * TURNS
    said = "\n".join(message.text for message in talk.messages[:-10])
    assert all(has(said, one.answer) for one in talk.planted)
