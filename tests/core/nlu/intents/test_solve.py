"""The solver against the plain definition of what it computes."""

import numpy as np
import pytest

from core.nlu.intents.kernel import Matrix
from core.nlu.intents.solve import DOUBT, RIDGE, contradicted, targets, weights_and_left_out


def likeness(examples: int) -> Matrix:
    points = np.random.default_rng(1).normal(size=(examples, 5))
    far = ((points[:, None] - points[None]) ** 2).sum(axis=2)
    return np.exp(-0.5 * far).astype(np.float32)


def test_the_label_is_wanted_and_a_row_sums_to_zero() -> None:
    wanted = targets(np.array([1, 0]), 3)

    assert wanted.tolist() == [[-0.5, 1, -0.5], [1, -0.5, -0.5]]


def plainly(like: Matrix, wanted: Matrix, ridge: Matrix) -> tuple[Matrix, Matrix]:
    """Weights by their definition, and left-out scores by leaving each example out in turn."""
    ridged = like + np.diag(ridge)
    left_out = np.zeros_like(wanted)
    for one in range(len(like)):
        others = np.arange(len(like)) != one
        model = np.linalg.solve(ridged[np.ix_(others, others)], wanted[others])
        left_out[one] = like[one, others] @ model
    return np.linalg.solve(ridged, wanted), left_out


@pytest.mark.parametrize("examples", [2, 30, 300])
def test_weights_and_left_out_scores_are_what_they_are_defined_as(examples: int) -> None:
    like = likeness(examples)
    wanted = targets(np.arange(examples) % 2, 2)
    even = np.full(examples, RIDGE, np.float32)
    doubtful = contradicted(plainly(like, wanted, even)[1], wanted)
    uneven = even.copy()
    uneven[doubtful] += DOUBT

    found, left_out = weights_and_left_out(like, wanted)

    expected = plainly(like, wanted, uneven)
    assert len(doubtful) > 0 or examples == 2
    assert np.allclose(found, expected[0], atol=2e-3)
    assert np.allclose(left_out, expected[1], atol=2e-3)


def test_an_example_that_all_others_contradict_is_believed_less_and_the_others_are_not() -> None:
    like = np.full((9, 9), 0.9, np.float32) + 0.1 * np.eye(9, dtype=np.float32)
    like[6:, :6] = like[:6, 6:] = 0
    labels = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1])

    wanted = targets(labels, 2)

    found, left_out = weights_and_left_out(like, wanted)

    plain, _ = plainly(like, wanted, np.full(9, RIDGE, np.float32))
    assert contradicted(left_out, wanted).tolist() == [5]
    assert abs(found[5]).max() < abs(plain[5]).max() / 2
    assert (abs(found[:5]) < abs(plain[:5])).all()  # for they need not make up for it


def test_the_likeness_that_is_passed_in_stays_as_it_was() -> None:
    like = likeness(4)
    before = like.copy()

    weights_and_left_out(like, targets(np.arange(4) % 2, 2))

    assert np.array_equal(like, before)
