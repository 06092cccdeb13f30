"""Kernel ridge regression with its leave-one-out predictions. Pure.

One Cholesky factor gives the weights and, for each example, what a model trained on all others
would say of it (Rifkin and Lippert, Notes on Regularized Least Squares, 2007, section 3).
"""

import numpy as np
from numpy.typing import NDArray

from core.nlu.intents.kernel import Matrix

RIDGE = 0.1
"""Added to the likeness of each example with itself; chosen as the kernel's numbers were."""
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
    return found, wanted - found / own[:, None]


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
