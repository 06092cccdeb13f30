"""How the parts of a score become one: the formula, and its weights. Pure.

postgres/search.sql computes the same; a test holds the two together. The form was chosen by
leaving one of four sets out: a convex sum of the cosine and of BM25 over its own maximum beats
reciprocal ranks. Follow-ups: a mix of the scores of the last question and of all of them beats
joining the words.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What counts how much; all shares are 0 to 1."""

    dense: float = 0.7
    """Of the cosine, where the question and the chunk both have a vector."""
    dense_pair: float = 0.85
    """The same for a question with its answer: there meanings match more than words."""
    damping: float = 5.0
    """Added to the best BM25, so that a best match by a common word stays a weak one."""
    last: float = 0.6
    """Of the last question beside the whole conversation, in a follow-up."""
    k1: float = 1.2
    b: float = 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One question's scores of one chunk, and the best of all chunks."""

    cosine: float | None
    """None where the embedder does not know the question's or the chunk's language."""
    bm25: float
    best_bm25: float


def share(bm25: float, best: float, damping: float) -> float:
    """BM25 as a part of the best, 0 to 1."""
    return bm25 / (best + damping) if best > 0 else 0.0


def fused(legs: Iterable[tuple[float, Leg]], dense: float, damping: float) -> float:
    """The score of a chunk.

    Args:
        legs: each with its weight; the weights sum to 1.
        dense: weight of the cosine; 0 when the question has no vector.
        damping: as in `Weights`.
    """
    return sum(
        weight
        * (
            dense * max(leg.cosine or 0.0, 0.0)
            + (1 - dense) * share(leg.bm25, leg.best_bm25, damping)
        )
        for weight, leg in legs
    )
