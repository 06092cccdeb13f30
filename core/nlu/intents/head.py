"""Tells what a message is for: one of the tenant's intents, with a confidence, or none of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.nlu.intents.kernel import Examples, Matrix, Messages, seen_from
from core.nlu.intents.strange import Surroundings, Usual, signals
from core.nlu.intents.words import Vocabulary


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
    belief: tuple[float, float]
    """How the greatest chance becomes the one of being right."""
    outside: tuple[float, ...]
    """Of a constant and of each signal, in log-odds of being none of the intents."""
    threshold: float
    """Of `outside`: from here on a message has no intent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentHead:
    """A trained head; a value, free to be shared between threads."""

    labels: tuple[str, ...]
    examples: Examples
    weights: Matrix
    """Of each example for each label."""
    vocabulary: Vocabulary
    usual: Usual
    around: Surroundings
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
        given = np.asarray(vectors, np.float32)
        messages = Messages(seen_from(self.around.centre, given), self.vocabulary.rows(texts))
        likeness = self.examples.likeness(messages)
        scores = likeness @ self.weights
        seen = signals(scores, likeness, given, self.usual, self.around)
        guesses = []
        for place, known in enumerate(messages.known()):
            scale = self.scales[0 if known else 1]
            likely = chances_of(scores[place : place + 1], scale.temperature)
            (chances,) = believed(likely, scale.belief)
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


def believed(chances: Matrix, belief: tuple[float, float]) -> Matrix:
    """Chances whose greatest is as likely to be right as it says; the others share the rest.

    Args:
        chances: a row per message that sums to 1.
        belief: of a constant and of the log-odds of the greatest chance (Platt 1999).
    """
    rows, best = np.arange(len(chances)), chances.argmax(axis=1)
    sure = np.clip(chances[rows, best].astype(np.float64), 1e-6, 1 - 1e-6)
    right = 1 / (1 + np.exp(-belief[0] - belief[1] * np.log(sure / (1 - sure))))
    found = np.minimum(chances * ((1 - right) / (1 - sure))[:, None], right[:, None])
    found[rows, best] = right
    believable: Matrix = found.astype(np.float32)
    return believable


def outside_of(found: Matrix, weights: Sequence[float]) -> NDArray[np.float64]:
    """The chance of being none of the intents, by message."""
    odds = weights[0] + found.astype(np.float64) @ np.array(weights[1:])
    chances: NDArray[np.float64] = 1 / (1 + np.exp(-np.clip(odds, -50, 50)))
    return chances
