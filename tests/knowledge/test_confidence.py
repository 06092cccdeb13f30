"""What is surer: the signals, and what they are measured by."""

from dataclasses import replace

import pytest

from knowledge.calibrate import scale_of
from knowledge.confidence import Scale, Signals, confidence

GOOD = Signals(
    outstanding=5.0,
    sentence=0.8,
    covered=0.9,
    conversation_covered=0.9,
    matched=0.6,
    ahead=0.5,
)


@pytest.mark.parametrize("signal", ["outstanding", "sentence", "covered", "conversation_covered"])
def test_less_of_any_signal_is_less_sure(signal: str) -> None:
    less = replace(GOOD, **{signal: 0.0})

    assert confidence(less, Scale()) < confidence(GOOD, Scale())


@pytest.mark.parametrize("signal", ["covered", "matched", "ahead"])
def test_by_words_alone_less_of_any_signal_is_less_sure(signal: str) -> None:
    worded = replace(GOOD, outstanding=None, sentence=None)

    assert confidence(replace(worded, **{signal: 0.0}), Scale()) < confidence(worded, Scale())


def test_the_same_signals_mean_less_where_all_passages_are_near() -> None:
    near = Scale(outstanding=7.0, sentence=0.8)

    assert confidence(GOOD, near) < confidence(GOOD, Scale())


def test_a_few_sentences_teach_nothing() -> None:
    assert scale_of([GOOD] * 5, [GOOD] * 5) == Scale()


def test_many_sentences_move_the_scale_towards_what_they_show() -> None:
    learned = scale_of([replace(GOOD, outstanding=9.0)] * 100, [GOOD] * 100)

    assert 7.5 < learned.outstanding < 9.0
    assert Scale().sentence < learned.sentence < 0.8
