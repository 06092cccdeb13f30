"""What the training and the figures of the emotion head stand on."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.nlu.emotion.feelings import EMOTIONS
from tests.bench.emotion.labelled import Labelled
from tests.bench.emotion.logistic import DenseRows, SparseRows, fit
from tests.bench.emotion.measure import best_limit, f1, ranking

chance = np.random.default_rng(3)
PLACES = [frozenset(chance.integers(0, 12, size=5).tolist()) for _ in range(200)]
RARITY = np.linspace(0.5, 2, 12).astype(np.float32)


def dense() -> np.ndarray:
    rows = np.zeros((len(PLACES), 12), np.float32)
    for row, own in zip(rows, PLACES, strict=True):
        row[[*own]] = RARITY[[*own]]
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def labels() -> np.ndarray:
    return np.array([[float(3 in own), float(7 in own)] for own in PLACES], np.float32)


def test_sparse_and_dense_rows_learn_the_same() -> None:
    sparse = fit(SparseRows(PLACES, RARITY), labels(), 1e-3)
    full = fit(DenseRows(dense()), labels(), 1e-3)

    np.testing.assert_allclose(sparse, full, atol=0.05)


def test_what_decides_a_label_is_learned() -> None:
    weights = fit(DenseRows(dense()), labels(), 1e-4, 200)
    said = dense() @ weights[:-1] + weights[-1] > 0

    assert (said == labels()).mean() > 0.98
    assert np.argmax(weights[:-1], axis=0).tolist() == [3, 7]


def test_a_place_that_may_not_move_stays() -> None:
    free = np.ones((12, 2), np.float32)
    free[3] = 0

    assert (fit(DenseRows(dense()), labels(), 1e-4, 20, free)[3] == 0).all()


@given(st.lists(st.tuples(st.floats(0.01, 0.99), st.booleans()), min_size=2, max_size=50))
@settings(max_examples=50)
def test_a_limit_lies_among_the_chances(pairs: list[tuple[float, bool]]) -> None:
    chances = np.array([said for said, _ in pairs], np.float32)
    true = np.array([true for _, true in pairs], np.float32)

    limit = best_limit(chances, true)

    assert chances.min() - 1e-5 <= limit <= chances.max() + 1e-5


def test_a_limit_that_parts_the_labels_is_found() -> None:
    chances = np.array([0.1, 0.2, 0.7, 0.8], np.float32)
    true = np.array([0, 0, 1, 1], np.float32)

    limit = best_limit(chances, true)

    assert f1(chances >= limit, true) == 1.0
    assert ranking(chances.tolist(), true > 0) == 1.0
    assert f1(np.zeros(4, bool), true) == 0.0


def test_a_text_has_emotions_when_one_of_them_was_found() -> None:
    split = Labelled(EMOTIONS, np.eye(len(EMOTIONS), dtype=np.float32))

    assert split.has("anger", "fear").tolist() == [name in {"anger", "fear"} for name in EMOTIONS]
