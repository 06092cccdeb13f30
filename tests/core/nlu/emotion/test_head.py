"""The head that ships: its file, its bounds, and what it says of plain sentences."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import SetupError
from core.nlu.emotion.features import PLACES, features
from core.nlu.emotion.head import COLUMNS, SHIPPED, EmotionHead, Weights

HEAD = EmotionHead.load()


@pytest.mark.parametrize(
    ("text", "emotion"),
    [
        ("I am so angry about this, what a fucking joke", "anger"),
        ("Thank you so much, I love it!", "joy"),
        ("I'm so sorry for your loss, this is so sad", "sadness"),
        ("I'm really scared and terrified", "fear"),
        ("Wow, I did not expect that!", "surprise"),
        ("That is disgusting", "disgust"),
        ("The office is on the second floor.", "neutral"),
    ],
)
def test_plain_sentences_are_felt_by_their_words_alone(text: str, emotion: str) -> None:
    (felt,) = HEAD.feel([text])

    assert felt.judged.label == emotion


@given(st.text(max_size=80))
def test_chances_of_any_text_are_chances(text: str) -> None:
    vector = np.full((1, 384), 384**-0.5, np.float32)

    for felt in (*HEAD.feel([text]), *HEAD.feel([text], vector)):
        assert all(0 <= chance <= 1 for chance in (*felt.chances, felt.frustrated))


def test_texts_are_judged_alike_alone_and_together() -> None:
    texts = ["I hate this", "I love this", ""]

    assert HEAD.feel(texts) == tuple(HEAD.feel([text])[0] for text in texts)
    assert HEAD.feel([]) == ()


def test_the_vector_counts() -> None:
    vectors = np.eye(384, dtype=np.float32)[:2]

    one, other = HEAD.feel(["It is what it is"] * 2, vectors)

    assert one != other


def test_the_head_knows_whose_vectors_it_was_trained_on() -> None:
    assert HEAD.fits(Weights.read(SHIPPED).embedder)
    assert not HEAD.fits("another/1")


def test_what_is_saved_is_read_again(tmp_path: Path) -> None:
    weights = Weights.read(SHIPPED)
    weights.save(tmp_path / "head.npz")

    again = EmotionHead.load(tmp_path / "head.npz")

    np.testing.assert_allclose(
        again.scores(["I hate this", "so what"]),
        HEAD.scores(["I hate this", "so what"]),
        atol=1e-4,
    )


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nothing", b"\x80\x04."])
def test_a_file_that_is_no_head_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "head.npz"
    file.write_bytes(content)

    with pytest.raises(SetupError, match=r"head\.npz cannot be read"):
        EmotionHead.load(file)


def test_a_pickle_in_the_file_is_never_run(tmp_path: Path) -> None:
    file = tmp_path / "head.npz"
    np.savez(file, form=np.array([object()], dtype=object))

    with pytest.raises(SetupError, match="cannot be read"):
        EmotionHead.load(file)


def test_a_head_of_another_form_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "head.npz"
    with np.load(SHIPPED) as kept:
        np.savez(file, **{**kept, "form": np.array(99)})

    with pytest.raises(SetupError, match="form 99"):
        EmotionHead.load(file)


def test_a_matrix_of_another_shape_is_refused() -> None:
    good = Weights.read(SHIPPED)

    with pytest.raises(SetupError, match="both should have the shape"):
        Weights(
            rarity=good.rarity,
            words=good.words,
            embedding=good.embedding,
            both=np.zeros((3, COLUMNS), np.float32),
            alone=good.alone,
            embedder=good.embedder,
        )


@given(st.text(max_size=80))
def test_features_lie_within_their_places_and_repeat(text: str) -> None:
    found = features(text)

    assert found == features(text)
    assert all(0 <= place < PLACES for place in found)


def test_case_and_long_letters_keep_most_features() -> None:
    assert len(features("SOOOOO good") & features("sooo good")) > 5
    assert features("I can’t") == features("I can't")
