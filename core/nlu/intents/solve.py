"""Kernel ridge regression with its leave-one-out predictions. Pure.

One Cholesky factor gives the weights and, for each example, what a model trained on all others
would say of it (Rifkin and Lippert, Notes on Regularized Least Squares, 2007, section 3). Examples
that all others contradict are believed less, as if labelled by mistake.
"""

import numpy as np
from numpy.typing import NDArray

from core.nlu.intents.kernel import Matrix

RIDGE = 0.1
"""Added to the likeness of each example with itself; chosen as the kernel's numbers were."""
_CONTRADICTED = 0.4
"""By how much another label's left-out score exceeds that of an example's own."""
DOUBT = 0.9
"""Added to the ridge of such an example. Both were chosen by cross-validation, too."""
_SMALL = 256


def targets(labels: NDArray[np.int64], number: int) -> Matrix:
    """1 in the column of the label, the rest so that a row sums to 0."""
    wanted = np.full((len(labels), number), -1 / max(number - 1, 1), np.float32)
    wanted[np.arange(len(labels)), labels] = 1
    return wanted


def weights_and_left_out(likeness: Matrix, wanted: Matrix) -> tuple[Matrix, Matrix]:
    """Of each example for each label, and its own scores under the weights of all others.

    `likeness` is of the examples with themselves.
    """
    inverse = _inverse_of_triangle(np.linalg.cholesky(_ridged(likeness)))
    found = inverse.T @ (inverse @ wanted)
    own = np.einsum("ij,ij->j", inverse, inverse)
    left_out = wanted - found / own[:, None]
    doubtful = contradicted(left_out, wanted)
    if not len(doubtful):
        return found, left_out
    # more ridge for these only: the matrix inversion lemma, so that nothing is factored anew
    columns = inverse.T @ inverse[:, doubtful]
    within = columns[doubtful]
    within[np.diag_indices(len(doubtful))] += 1 / DOUBT
    shift = np.linalg.solve(within, columns.T)
    found = found - shift.T @ found[doubtful]
    own = own - np.einsum("ij,ji->i", columns, shift)
    return found, wanted - found / own[:, None]


def contradicted(left_out: Matrix, wanted: Matrix) -> NDArray[np.int64]:
    """Places of the examples that are clearly taken for something else."""
    labelled = wanted > 0
    own = left_out.max(axis=1, initial=-np.inf, where=labelled)
    other = left_out.max(axis=1, initial=-np.inf, where=~labelled)
    return np.flatnonzero(other - own > _CONTRADICTED)


def _ridged(likeness: Matrix) -> Matrix:
    ridged = likeness.copy()
    ridged[np.diag_indices(len(ridged))] += RIDGE
    return ridged


def _inverse_of_triangle(lower: Matrix) -> Matrix:
    """By halves, so that nearly all of it is multiplication."""
    size = len(lower)
    if size <= _SMALL:
        return np.tril(np.linalg.inv(lower))
    half = size // 2
    inverse = np.zeros_like(lower)
    inverse[:half, :half] = _inverse_of_triangle(lower[:half, :half])
    inverse[half:, half:] = _inverse_of_triangle(lower[half:, half:])
    inverse[half:, :half] = -inverse[half:, half:] @ (lower[half:, :half] @ inverse[:half, :half])
    return inverse
