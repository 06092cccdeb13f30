"""What tells a message of no intent from those of the tenant's: signals, and what is usual. Pure.

A head that is sure of a message has found it like its examples; how like is usual differs from
intent to intent, and from one corner of the meanings to another. So each signal is a comparison.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core.nlu.intents.kernel import Matrix, middle, seen_from

NEIGHBOURS = 5
SIGNALS = 5
LEARNED = 4
"""The first of the signals: what they are worth is learned from intents left out."""
FAR = 20.0
"""What the last one is worth in log-odds: nothing that far away is among the examples."""
_PRIOR = 5
"""So many examples of an intent count as much as what is usual of all."""
_EVEN = 0.3
"""How much of the examples' spread is taken to be the same in all directions."""
_MOST, _NEARLY_ALL = 0.95, 0.99
_AT_ONCE = 1_000


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


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The examples' meanings as a landscape: how crowded each place is, and how far it reaches."""

    vectors: Matrix
    """As the embedder gave them."""
    centre: Matrix
    """The middle of them."""
    crowding: Matrix
    """How near each example's own neighbours are."""
    alone: float
    """Nearly all examples have nearer neighbours."""
    evening: Matrix
    """Turns and stretches directions so that the examples reach as far in each."""
    farthest: float
    """How far nearly all examples reach so; how far others do beyond that says nothing more."""

    @classmethod
    def of(cls, vectors: Matrix) -> Self:
        """Those of some examples."""
        crowding = [
            _nearest(vectors[start : start + _AT_ONCE] @ vectors.T, NEIGHBOURS + 1)[:, 1:]
            for start in range(0, len(vectors), _AT_ONCE)
        ]
        return cls.again(vectors, np.concatenate(crowding).mean(axis=1))

    @classmethod
    def again(cls, vectors: Matrix, crowding: Matrix) -> Self:
        """The same, `crowding` being known."""
        centre, known = middle(vectors), np.any(vectors, axis=1)
        seen = seen_from(centre, vectors)
        size = vectors.shape[1]
        spread = seen.T @ seen / len(seen)
        even = np.eye(size) * max(float(np.trace(spread)) / size, 1e-6)
        lower = np.linalg.cholesky((1 - _EVEN) * spread + _EVEN * even)
        evening = np.linalg.inv(lower).T.astype(np.float32)
        return cls(
            vectors=vectors,
            centre=centre,
            crowding=crowding,
            alone=float(np.quantile(crowding[known], 1 - _NEARLY_ALL)) if known.any() else 0.0,
            evening=evening,
            farthest=float(np.quantile(_reach(seen, evening), _MOST)),
        )

    def signals(self, vectors: Matrix) -> tuple[Matrix, Matrix, Matrix]:
        """What messages are among the examples, `vectors` being as the embedder gave them.

        How near their neighbours are by the measure of those neighbours (a local outlier factor,
        Breunig et al. 2000, as a difference); their squared Mahalanobis distance from the middle;
        and 1 for those that are alone.
        """
        near = vectors @ self.vectors.T
        most = min(NEIGHBOURS, near.shape[1])
        whom = np.argpartition(-near, most - 1, axis=1)[:, :most]
        nearness = np.take_along_axis(near, whom, axis=1).mean(axis=1)
        reach = np.minimum(_reach(seen_from(self.centre, vectors), self.evening), self.farthest)
        far = np.any(vectors, axis=1) & (nearness < self.alone)
        return nearness - self.crowding[whom].mean(axis=1), reach, far


def signals(
    scores: Matrix, likeness: Matrix, vectors: Matrix, usual: Usual, around: Surroundings
) -> Matrix:
    """Of shape [messages, SIGNALS].

    How the best score stands among what is usual for its intent, how alike the nearest examples
    are, and what the surroundings say.

    Args:
        scores: for each message and label.
        likeness: of each message with each example.
        vectors: the messages', as the embedder gave them.
        usual: learned from the same examples.
        around: the same.
    """
    label, best = scores.argmax(axis=1), scores.max(axis=1)
    standing = (best - usual.means[label]) / usual.spreads[label]
    close = _nearest(likeness, NEIGHBOURS).mean(axis=1)
    nearness, reach, alone = around.signals(vectors)
    found = [standing, close, nearness, reach, alone | (close == 0)]
    return np.stack(found, axis=1).astype(np.float32)


def _reach(vectors: Matrix, evening: Matrix) -> Matrix:
    found: Matrix = ((vectors @ evening) ** 2).mean(axis=1)
    return found


def _nearest(nearness: Matrix, number: int) -> Matrix:
    """The greatest of each row, greatest first, as many as there are up to `number`."""
    most = min(number, nearness.shape[1])
    found: Matrix = -np.sort(-np.partition(nearness, -most, axis=1)[:, -most:], axis=1)
    return found
