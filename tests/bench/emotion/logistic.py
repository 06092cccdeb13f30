"""Logistic regression for several labels at once, on sparse or dense rows, by L-BFGS."""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
Vector = NDArray[np.float64]
Loss = Callable[[Vector], tuple[float, Vector]]
_KEPT = 8
"""Steps that the curvature is told from."""


class Rows(Protocol):
    """Inputs, a row for each text."""

    dims: int

    def times(self, weights: Matrix) -> Matrix:
        """A row of scores for each text."""
        ...

    def gathered(self, errors: Matrix) -> Matrix:
        """The errors of all texts, summed up for each dimension."""
        ...


class DenseRows:
    """Rows as they are."""

    def __init__(self, rows: Matrix) -> None:
        self._rows = rows
        self.dims = rows.shape[1]

    def times(self, weights: Matrix) -> Matrix:
        return self._rows @ weights

    def gathered(self, errors: Matrix) -> Matrix:
        return self._rows.T @ errors


class SparseRows:
    """Rows of length 1, given by the places that are not empty and the weight of each place."""

    def __init__(self, places: Sequence[frozenset[int]], rarity: Matrix) -> None:
        self.dims = len(rarity)
        counts = [len(own) for own in places]
        self._starts = np.cumsum([0, *counts[:-1]])
        self._places = np.concatenate([np.fromiter(own, np.int64) for own in places])
        owners = np.repeat(np.arange(len(places)), counts)
        values = rarity[self._places]
        lengths = np.sqrt(np.add.reduceat(values**2, self._starts))
        self._values = (values / np.maximum(lengths, 1e-9)[owners])[:, None].astype(np.float32)
        # the same entries by place, for sums over texts
        order = np.argsort(self._places, kind="stable")
        ordered = self._places[order]
        self._owners, self._by_place = owners[order], self._values[order]
        self._borders = np.flatnonzero(np.diff(ordered, prepend=-1))
        self._met = ordered[self._borders]

    def times(self, weights: Matrix) -> Matrix:
        found: Matrix = np.add.reduceat(weights[self._places] * self._values, self._starts)
        return found

    def gathered(self, errors: Matrix) -> Matrix:
        sums = np.zeros((self.dims, errors.shape[1]), np.float32)
        sums[self._met] = np.add.reduceat(errors[self._owners] * self._by_place, self._borders)
        return sums


def fit(
    rows: Rows, labels: Matrix, decay: float, steps: int = 60, scale: Matrix | None = None
) -> Matrix:
    """Weights for every label, and a last row that is added always.

    Args:
        rows: The inputs.
        labels: 0 or 1, a column for each label.
        decay: The price of a squared weight.
        steps: At most so many.
        scale: How freely each weight may move, 1 where not given.
    """
    shape = (rows.dims, labels.shape[1])
    free = np.ones(shape, np.float32) if scale is None else scale
    share = labels.mean(axis=0)

    def loss(state: Vector) -> tuple[float, Vector]:
        weights = state[: -shape[1]].reshape(shape)
        scores = rows.times(weights.astype(np.float32) * free) + state[-shape[1] :]
        cost = float((np.logaddexp(0, scores) - labels * scores).sum() / len(labels))
        errors = ((1 / (1 + np.exp(-scores)) - labels) / len(labels)).astype(np.float32)
        slope = rows.gathered(errors) * free + decay * weights
        cost += 0.5 * decay * float((weights**2).sum())
        return cost, np.concatenate((slope.ravel(), errors.sum(axis=0)))

    start = np.concatenate((np.zeros(shape[0] * shape[1]), np.log(share / (1 - share))))
    found = minimise(loss, start, steps)
    weights = found[: -shape[1]].reshape(shape).astype(np.float32) * free
    return np.vstack((weights, found[-shape[1] :].astype(np.float32)))


def minimise(loss: Loss, state: Vector, steps: int) -> Vector:
    """Where a smooth loss is least. Source: Nocedal and Wright, algorithm 7.5."""
    moves: list[tuple[Vector, Vector]] = []
    cost, slope = loss(state)
    for _ in range(steps):
        way = _way(slope, moves)
        size, fall = 1.0, float(slope @ way)
        while True:
            tried = state + size * way
            now, steeper = loss(tried)
            if now <= cost + 1e-4 * size * fall or size < 1e-6:
                break
            size /= 2
        if (tried - state) @ (steeper - slope) > 1e-12:
            moves = [*moves, (tried - state, steeper - slope)][-_KEPT:]
        done = abs(cost - now) <= 1e-6 * abs(cost)
        state, cost, slope = tried, now, steeper
        if done:
            break
    return state


def _way(slope: Vector, moves: Sequence[tuple[Vector, Vector]]) -> Vector:
    way = -slope
    if not moves:
        return way / (np.abs(slope).max() + 1e-9)
    shares = []
    for step, change in reversed(moves):
        share = (step @ way) / (step @ change)
        way = way - share * change
        shares.append(share)
    step, change = moves[-1]
    way = way * (step @ change) / (change @ change)
    for (step, change), share in zip(moves, reversed(shares), strict=True):
        way = way + step * (share - (change @ way) / (step @ change))
    return way
