"""The solver against the plain definition of what it computes."""

import numpy as np
import pytest

from core.nlu.intents.kernel import Matrix
from core.nlu.intents.solve import RIDGE, targets, weights_and_left_out


def likeness(examples: int) -> Matrix:
    points = np.random.default_rng(1).normal(size=(examples, 5))
    far = ((points[:, None] - points[None]) ** 2).sum(axis=2)
    return np.exp(-0.5 * far).astype(np.float32)


def test_the_label_is_wanted_and_a_row_sums_to_zero() -> None:
    wanted = targets(np.array([1, 0]), 3)

    assert wanted.tolist() == [[-0.5, 1, -0.5], [1, -0.5, -0.5]]


@pytest.mark.parametrize("examples", [2, 30, 600])
def test_weights_solve_what_they_are_defined_by(examples: int) -> None:
    like = likeness(examples)
    wanted = targets(np.arange(examples) % 2, 2)

    found, _ = weights_and_left_out(like, wanted)

    assert np.allclose((like + RIDGE * np.eye(examples)) @ found, wanted, atol=1e-3)


def test_left_out_scores_are_those_of_models_that_never_saw_the_example() -> None:
    like = likeness(25)
    wanted = targets(np.arange(25) % 3, 3)

    _, left_out = weights_and_left_out(like, wanted)

    for one in range(25):
        others = np.arange(25) != one
        model, _ = weights_and_left_out(like[np.ix_(others, others)], wanted[others])
        assert np.allclose(like[one, others] @ model, left_out[one], atol=1e-3)


def test_the_likeness_that_is_passed_in_stays_as_it_was() -> None:
    like = likeness(4)
    before = like.copy()

    weights_and_left_out(like, targets(np.arange(4) % 2, 2))

    assert np.array_equal(like, before)
