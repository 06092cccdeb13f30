"""What tells strange messages, and how sure the likeliest intent is."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.nlu.intents.head import believed
from core.nlu.intents.kernel import Matrix, seen_from
from core.nlu.intents.strange import Surroundings, Usual

DIMS = 6


def near(axis: int, number: int, width: float, seed: int = 1) -> Matrix:
    """Unit rows round one axis."""
    rows = np.random.default_rng(seed).normal(0, width, (number, DIMS)).astype(np.float32)
    rows[:, axis] += 1
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


TIGHT, WIDE = near(0, 20, 0.05), near(1, 20, 0.3)
AROUND = Surroundings.of(np.concatenate([TIGHT, WIDE]))


def test_what_is_near_enough_in_a_sparse_place_is_strange_in_a_crowded_one() -> None:
    beside_tight, beside_wide = near(0, 30, 0.3, seed=2), near(1, 30, 0.3, seed=2)

    crowded, _, _ = AROUND.signals(beside_tight)
    sparse, _, _ = AROUND.signals(beside_wide)

    assert crowded.mean() < sparse.mean() - 0.05


def test_what_has_no_neighbour_is_alone_and_nearly_no_example_is() -> None:
    _, _, alone = AROUND.signals(-near(2, 10, 0.05))
    _, _, examples = AROUND.signals(AROUND.vectors)

    assert alone.all()
    assert examples.mean() < 0.05


def test_a_message_without_a_meaning_is_not_called_alone() -> None:
    _, reach, alone = AROUND.signals(np.zeros((1, DIMS), np.float32))

    assert (reach[0], alone[0]) == (0, False)


def test_how_far_a_message_reaches_counts_up_to_where_examples_are() -> None:
    _, reach, _ = AROUND.signals(near(4, 50, 0.5))

    assert reach.max() <= AROUND.farthest


def test_surroundings_are_the_same_when_their_crowding_is_known() -> None:
    again = Surroundings.again(AROUND.vectors, AROUND.crowding)

    for one, other in zip(
        again.signals(near(0, 5, 0.2)), AROUND.signals(near(0, 5, 0.2)), strict=True
    ):
        assert np.array_equal(one, other)


def test_examples_of_no_known_language_have_surroundings_too() -> None:
    nowhere = Surroundings.of(np.zeros((4, DIMS), np.float32))

    assert np.isfinite(np.stack(nowhere.signals(near(0, 3, 0.1)))).all()


def test_seen_from_their_middle_meanings_are_directions_and_the_unknown_stay_unknown() -> None:
    rows = np.array([[1, 0], [0, 1], [0, 0]], np.float32)

    seen = seen_from(np.array([0.5, 0.5], np.float32), rows)

    assert np.allclose(seen, [[0.5**0.5, -(0.5**0.5)], [-(0.5**0.5), 0.5**0.5], [0, 0]])


def test_an_intent_with_few_examples_is_taken_for_a_usual_one() -> None:
    scores = np.array([[0.9, 0], [0.9, 0], [0.9, 0], [0, 0.1]], np.float32)

    usual = Usual.of(scores, np.array([0, 0, 0, 1]))

    assert 0.5 < usual.means[1] < usual.means[0]


@given(
    st.lists(st.floats(-5, 5), min_size=2, max_size=6),
    st.floats(-2, 2),
    st.floats(0.1, 3),
)
def test_belief_keeps_the_order_and_leaves_chances(
    scores: list[float], added: float, times: float
) -> None:
    raised = np.exp(np.array([scores], np.float64))
    chances = (raised / raised.sum()).astype(np.float32)

    (found,) = believed(chances, (added, times))

    assert (np.diff(found[np.lexsort((found, chances[0]))]) >= -1e-6).all()
    assert found.min() >= 0
    assert found.sum() <= 1 + 1e-4
    assert np.allclose(believed(chances, (0.0, 1.0)), chances, atol=1e-4)
