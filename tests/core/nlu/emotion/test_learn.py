"""What a tenant's own labels change, and what they leave."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.nlu.emotion.feelings import EMOTIONS, Feelings
from core.nlu.emotion.learn import OwnEar

DIMS = 8


def felt(frustrated: float, sadness: float = 0.1) -> Feelings:
    chances = [0.1] * len(EMOTIONS)
    chances[EMOTIONS.index("sadness")] = sadness
    return Feelings(chances=tuple(chances), frustrated=frustrated)


def rows(count: int, seed: int = 1) -> np.ndarray:
    found = np.random.default_rng(seed).normal(size=(count, DIMS)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


@given(st.lists(st.floats(0.001, 0.999), max_size=9))
def test_without_labels_everything_is_heard_as_it_ships(chances: list[float]) -> None:
    said = [felt(chance) for chance in chances]

    heard = OwnEar.as_shipped(DIMS).hear(said, rows(len(said)))

    np.testing.assert_allclose([one.frustrated for one in heard], chances, rtol=1e-6)
    assert [one.chances for one in heard] == [one.chances for one in said]


def test_what_a_tenant_calls_frustration_becomes_likelier() -> None:
    sad, calm = felt(0.1, sadness=0.9), felt(0.1, sadness=0.05)
    vectors = rows(40)

    own = OwnEar.learn([sad, calm] * 20, vectors, [True, False] * 20)

    heard_sad, heard_calm = own.hear([sad, calm], rows(2, seed=2))
    assert heard_sad.frustrated > 0.5 > heard_calm.frustrated


def test_one_label_moves_little() -> None:
    calm = felt(0.2)

    own = OwnEar.learn([calm], rows(1), [True])

    assert 0.2 < own.hear([calm], rows(1))[0].frustrated < 0.6


def test_a_word_alone_is_heard_by_what_was_learned_of_scores() -> None:
    own = OwnEar.learn([felt(0.2)] * 5, rows(5), [True] * 5)

    assert own.hear([felt(0.2)], None)[0].frustrated > 0.2
    assert own.hear([], None) == ()


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=20))
def test_any_labels_teach_something_that_gives_chances(labels: list[tuple[float, bool]]) -> None:
    said = [felt(chance) for chance, _ in labels]
    vectors = rows(len(said))

    own = OwnEar.learn(said, vectors, [true for _, true in labels])

    assert all(0 <= one.frustrated <= 1 for one in own.hear(said, vectors))
