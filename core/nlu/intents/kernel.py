"""How alike two messages are, by meaning and by words together. Pure.

Meanings are seen from the middle of the examples, for what all of them share (that a bank is
asked something) tells nothing. Those that are near count more when words are shared, too:
exp(-gamma * |a - b|^2) times a mix of 1 and the lexical cosine. Where the embedder knows the
language of neither, words decide alone; across that border messages have nothing to do with each
other. Each part is a kernel, so the whole is one (sums and products of kernels are; Shawe-Taylor
and Cristianini, Kernel Methods for Pattern Analysis, 2004, section 3.4).
"""

from dataclasses import dataclass
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.nlu.intents.words import Postings, Rows, Vocabulary

Matrix: TypeAlias = NDArray[np.float32]

GAMMA = 1.0
LEXICAL_SHARE = 0.4
"""Both were chosen by cross-validation on the train split of Banking77."""


def middle(vectors: Matrix) -> Matrix:
    """The mean of those that have a meaning."""
    known = np.any(vectors, axis=1)
    found: Matrix = vectors[known].sum(axis=0) / max(int(known.sum()), 1)
    return found


def seen_from(centre: Matrix, vectors: Matrix) -> Matrix:
    """The same meanings as directions from a mean of such; those that are not known stay zeros."""
    known = np.any(vectors, axis=1)[:, None]
    away = np.where(known, vectors - centre, np.float32(0))
    seen: Matrix = away / np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-9)
    return seen.astype(np.float32)


@dataclass(frozen=True, slots=True)
class Messages:
    """Texts as the kernel sees them."""

    vectors: Matrix
    """Unit rows, seen from the middle; zeros where the embedder does not know the language."""
    rows: Rows

    def known(self) -> NDArray[np.bool_]:
        """Which of them have a meaning."""
        known: NDArray[np.bool_] = np.any(self.vectors, axis=1)
        return known


@dataclass(frozen=True, slots=True)
class Examples:
    """Labelled messages, ready to be compared with."""

    vectors: Matrix
    known: NDArray[np.bool_]
    postings: Postings

    @classmethod
    def of(cls, messages: Messages, vocabulary: Vocabulary) -> Self:
        """Those messages; `vocabulary` is the one that made their rows."""
        postings = Postings.of(messages.rows, len(vocabulary.hashes))
        return cls(messages.vectors, messages.known(), postings)

    def likeness(self, messages: Messages) -> Matrix:
        """Of each message with each example, between 0 and 1; of shape [messages, examples]."""
        lexical = self.postings.products(messages.rows)
        known = messages.known()
        both = known[:, None] & self.known[None, :]
        neither = ~(known[:, None] | self.known[None, :])
        near = messages.vectors @ self.vectors.T
        near -= 1
        near *= 2 * GAMMA
        np.exp(near, out=near)
        near *= (1 - LEXICAL_SHARE) + LEXICAL_SHARE * lexical
        return np.where(both, near, np.where(neither, lexical, np.float32(0)))
