"""What frustration sounds like to one tenant: the shipped judgement, moved by labels of its own.

Leads of a bank and of a game hear different things as frustration. Their labels move a
logistic model that starts at what ships, so that few labels move it little; it is learned anew
in milliseconds, so that only the labels need keeping.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core.nlu.emotion.feelings import EMOTIONS, Feelings

Matrix = NDArray[np.float32]
Numbers = NDArray[np.float64]
_SCORES = len(EMOTIONS) + 2
"""A score for each emotion, one for frustration, and one that is added always."""
_HOLD_SCORES = 20.0
_HOLD_EMBEDDING = 3.0
"""What moving a weight costs, in labels: chosen on the dev split of GoEmotions."""
_STEPS = 20
_LEAST = 1e-4


@dataclass(frozen=True, slots=True)
class OwnEar:
    """Weights of the shipped scores and of the embedding."""

    weights: tuple[float, ...]

    @classmethod
    def as_shipped(cls, dims: int = 0) -> Self:
        """Hears what the head hears."""
        start = np.zeros(_SCORES + dims)
        start[len(EMOTIONS)] = 1.0
        return cls(tuple(start.tolist()))

    @classmethod
    def learn(cls, felt: Sequence[Feelings], vectors: Matrix, frustrated: Sequence[bool]) -> Self:
        """What these labels teach.

        Args:
            felt: What the head says of each text.
            vectors: A row of length 1 for each.
            frustrated: What people say of it.
        """
        inputs = np.hstack((_scores(felt), vectors.astype(np.float64)))
        start = np.array(cls.as_shipped(vectors.shape[1]).weights)
        hold = np.full(len(start), _HOLD_EMBEDDING)
        hold[:_SCORES] = _HOLD_SCORES
        true = np.array(frustrated, np.float64)
        return cls(tuple(_moved(inputs, true, start, hold).tolist()))

    def hear(self, felt: Sequence[Feelings], vectors: Matrix | None) -> tuple[Feelings, ...]:
        """The same feelings, with frustration as this tenant hears it.

        Args:
            felt: What the head says of each text.
            vectors: A row of length 1 for each; None leaves out what was learned of them.
        """
        if not felt:
            return ()
        weights = np.array(self.weights)
        scores = _scores(felt) @ weights[:_SCORES]
        if vectors is not None and len(weights) > _SCORES:
            scores = scores + vectors @ weights[_SCORES:]
        heard = _chances(scores)
        return tuple(
            replace(one, frustrated=float(chance)) for one, chance in zip(felt, heard, strict=True)
        )


def _scores(felt: Sequence[Feelings]) -> Numbers:
    chances = np.array([(*one.chances, one.frustrated) for one in felt])
    sure = np.clip(chances, _LEAST, 1 - _LEAST)
    return np.column_stack((np.log(sure / (1 - sure)), np.ones(len(felt))))


def _chances(scores: Numbers) -> Numbers:
    chances: Numbers = 1 / (1 + np.exp(-np.clip(scores, -30, 30)))
    return chances


def _moved(inputs: Numbers, true: Numbers, start: Numbers, hold: Numbers) -> Numbers:
    """The likeliest weights around a start: Newton's steps, halved where they go too far."""
    weights = start
    loss = _loss(inputs, true, weights - start, start, hold)
    for _ in range(_STEPS):
        chances = _chances(inputs @ weights)
        slope = inputs.T @ (chances - true) + hold * (weights - start)
        bend = (inputs * (chances * (1 - chances))[:, None]).T @ inputs + np.diag(hold)
        step = np.linalg.solve(bend, slope)
        while (now := _loss(inputs, true, weights - step - start, start, hold)) > loss:
            step = step / 2
            if np.abs(step).max() < _LEAST:
                return weights
        weights, loss = weights - step, now
        if np.abs(step).max() < _LEAST:
            break
    return weights


def _loss(inputs: Numbers, true: Numbers, moved: Numbers, start: Numbers, hold: Numbers) -> float:
    scores = inputs @ (start + moved)
    return float((np.logaddexp(0, scores) - true * scores).sum() + (hold * moved**2).sum() / 2)
