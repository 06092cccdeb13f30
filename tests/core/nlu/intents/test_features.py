"""Lexical features, and the likeness that is made of them and of meanings."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.nlu.intents.kernel import Examples, Matrix, Messages
from core.nlu.intents.words import Postings, Vocabulary

TEXTS = ("where is my refund", "reset the password", "退款什么时候到账", "Café №1")


def products(vocabulary: Vocabulary, texts: tuple[str, ...]) -> Matrix:
    rows = vocabulary.rows(texts)
    return Postings.of(rows, len(vocabulary.hashes)).products(rows)


def test_a_text_is_wholly_like_itself_and_not_like_one_that_shares_nothing() -> None:
    found = products(Vocabulary.of(TEXTS), TEXTS)

    assert np.allclose(np.diag(found), 1, atol=1e-5)
    assert found[1, 2] == 0


def test_shared_words_and_shared_runs_of_characters_both_count() -> None:
    vocabulary = Vocabulary.of(TEXTS)
    examples = Postings.of(vocabulary.rows(TEXTS), len(vocabulary.hashes))

    found = examples.products(vocabulary.rows(("my refund?", "pasword", "退款", "ＣＡＦÉ")))

    assert found.argmax(axis=1).tolist() == [0, 1, 2, 3]
    assert (found.max(axis=1) > 0.1).all()


def test_a_text_without_a_known_feature_is_like_nothing() -> None:
    vocabulary = Vocabulary.of(TEXTS)
    examples = Postings.of(vocabulary.rows(TEXTS), len(vocabulary.hashes))

    assert not examples.products(vocabulary.rows(("", "?!", "xyzzy qqqq"))).any()


def test_what_nearly_every_text_has_is_no_feature() -> None:
    texts = tuple(f"please {number * 7919}" for number in range(200))

    assert not Vocabulary.of(texts).rows(("please",)).columns.size


@settings(max_examples=60)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=8).map(tuple))
def test_products_are_those_of_the_rows_written_out(texts: tuple[str, ...]) -> None:
    vocabulary = Vocabulary.of(texts)
    rows = vocabulary.rows(texts)
    written = np.zeros((len(texts), len(vocabulary.hashes)), np.float32)
    np.add.at(written, (rows.owners(), rows.columns), rows.weights)

    found = Postings.of(rows, len(vocabulary.hashes)).products(rows)

    assert np.allclose(found, written @ written.T, atol=1e-5)
    assert (found <= 1.0001).all()


def vectors(*rows: tuple[float, float]) -> Matrix:
    return np.array(rows, np.float32)


def test_meaning_counts_more_with_shared_words_and_alone_it_still_counts() -> None:
    texts = ("my refund", "my refund", "something else")
    vocabulary = Vocabulary.of(texts)
    messages = Messages(vectors((1, 0), (1, 0), (1, 0)), vocabulary.rows(texts))

    found = Examples.of(messages, vocabulary).likeness(messages)

    assert np.isclose(found[0, 1], 1, atol=1e-5)
    assert 0.3 < found[0, 2] < 1


def test_a_language_without_meanings_is_compared_by_words_and_never_with_one_that_has_them() -> (
    None
):
    texts = ("退款到账", "退款", "refund 退款")
    vocabulary = Vocabulary.of(texts)
    messages = Messages(vectors((0, 0), (0, 0), (1, 0)), vocabulary.rows(texts))

    found = Examples.of(messages, vocabulary).likeness(messages)

    assert found[0, 1] > 0.1
    assert found[0, 2] == found[2, 0] == 0


def test_likeness_of_examples_is_symmetric_and_positive() -> None:
    chance = np.random.default_rng(3)
    texts = tuple(" ".join(chance.choice(list("abcdefgh"), 4)) for _ in range(40))
    rows = chance.normal(size=(40, 6)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    rows[:10] = 0
    vocabulary = Vocabulary.of(texts)
    messages = Messages(rows, vocabulary.rows(texts))

    found = Examples.of(messages, vocabulary).likeness(messages)

    assert np.allclose(found, found.T, atol=1e-5)
    assert np.linalg.eigvalsh(found.astype(np.float64)).min() > -1e-4
