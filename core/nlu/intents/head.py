"""Tells what a message is for: one of the tenant's intents, with a confidence, or none of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core.nlu.intents.kernel import Examples, Matrix, Messages
from core.nlu.intents.words import Vocabulary

NEIGHBOURS = 5
SIGNALS = 3
_PRIOR = 5
"""So many examples of an intent count as much as what is usual of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """What one message was taken for."""

    intent: str
    """Empty when it is none of the tenant's."""
    confidence: float
    """The chance that `intent` is right; of the nearest intent where it is empty."""
    outside: float
    """The chance that it is none of the intents, as far as the examples tell."""
    ranked: tuple[tuple[str, float], ...]
    """The likeliest intents with their chances, best first, whatever `intent` says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What scores mean, learned from examples that were left out."""

    temperature: float
    """Scores are divided by it before they become chances."""
    outside: tuple[float, ...]
    """Of a constant and of each signal, in log-odds of being none of the intents."""
    threshold: float
    """Of `outside`: from here on a message has no intent."""


@dataclass(frozen=True, slots=True)
class Usual:
    """What a message of each intent scores for it, learned from examples that were left out."""

    means: Matrix
    spreads: Matrix

    @classmethod
    def of(cls, left_out: Matrix, owners: NDArray[np.int64]) -> Self:
        """By label; drawn to what is usual of all where there are few examples.

        Args:
            left_out: the scores of each example under a head that did not know it.
            owners: the label of each example.
        """
        own = left_out[np.arange(len(owners)), owners]
        number = np.bincount(owners, minlength=left_out.shape[1])
        sums = np.bincount(owners, own, left_out.shape[1])
        means = (sums + _PRIOR * own.mean()) / (number + _PRIOR)
        off = np.bincount(owners, (own - means[owners]) ** 2, left_out.shape[1])
        spreads = np.sqrt((off + _PRIOR * own.var()) / (number + _PRIOR))
        return cls(means.astype(np.float32), np.maximum(spreads, 1e-3).astype(np.float32))


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentHead:
    """A trained head; a value, free to be shared between threads."""

    labels: tuple[str, ...]
    examples: Examples
    weights: Matrix
    """Of each example for each label."""
    vocabulary: Vocabulary
    usual: Usual
    scales: tuple[Scale, Scale]
    """For messages whose meaning is known, and for those with nothing but their words."""
    trained_on: str
    """The digest of the examples."""
    embedder: str
    """The version of the embedder whose vectors it was trained on."""

    def judge(self, texts: Sequence[str], vectors: Matrix, most: int = 3) -> tuple[Guess, ...]:
        """A guess per text.

        Args:
            texts: messages.
            vectors: their rows of the same embedder; zeros where it does not know the language.
            most: how many intents `ranked` names.
        """
        if not texts:
            return ()
        messages = Messages(np.asarray(vectors, np.float32), self.vocabulary.rows(texts))
        likeness = self.examples.likeness(messages)
        scores = likeness @ self.weights
        seen = signals(scores, likeness, self.usual)
        guesses = []
        for place, known in enumerate(messages.known()):
            scale = self.scales[0 if known else 1]
            (chances,) = chances_of(scores[place : place + 1], scale.temperature)
            (outside,) = outside_of(seen[place : place + 1], scale.outside)
            ranked = self._ranked(chances, most)
            guesses.append(
                Guess(
                    intent=ranked[0][0] if outside < scale.threshold else "",
                    confidence=ranked[0][1],
                    outside=float(outside),
                    ranked=ranked,
                )
            )
        return tuple(guesses)

    def _ranked(self, chances: Matrix, most: int) -> tuple[tuple[str, float], ...]:
        order = np.argsort(-chances, kind="stable")[: max(most, 1)]
        return tuple((self.labels[place], float(chances[place])) for place in order)


def chances_of(scores: Matrix, temperature: float) -> Matrix:
    """Softmax, row by row."""
    raised = np.exp((scores - scores.max(axis=1, keepdims=True)) / temperature)
    chances: Matrix = np.minimum(raised / raised.sum(axis=1, keepdims=True), np.float32(1))
    return chances


def signals(scores: Matrix, likeness: Matrix, usual: Usual) -> Matrix:
    """What tells strange messages from known ones, of shape [messages, SIGNALS].

    The best score, how it stands among what is usual for its intent, and how alike the nearest
    examples are. More of them (margin, entropy, energy, density of the predicted intent) gained
    nothing that held.
    """
    nearest = min(NEIGHBOURS, likeness.shape[1])
    close = np.partition(likeness, -nearest, axis=1)[:, -nearest:].mean(axis=1)
    label, best = scores.argmax(axis=1), scores.max(axis=1)
    standing = (best - usual.means[label]) / usual.spreads[label]
    return np.stack([best, standing, close], axis=1).astype(np.float32)


def outside_of(found: Matrix, weights: Sequence[float]) -> NDArray[np.float64]:
    """The chance of being none of the intents, by message."""
    odds = weights[0] + found.astype(np.float64) @ np.array(weights[1:])
    chances: NDArray[np.float64] = 1 / (1 + np.exp(-np.clip(odds, -50, 50)))
    return chances
