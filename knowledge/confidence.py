"""The chance that what was found answers the question. Pure.

Four signals, a logistic function, and a scale of the tenant's own. The signals were chosen and
weighed on the tuning splits of six knowledge bases, gold passages present against removed
(make bench-knowledge reports on the other splits): how far the best passage stands out among all
of the tenant's, how much of the question's weight its words cover, how much of the
conversation's, and how near a single sentence comes. More signals (margins, agreement of the two
legs, density of the neighbourhood) gained nothing on knowledge bases they had not seen.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.hits import Answered, Hit, Query
from knowledge.ports import Vectors

MODEL_VERSION = 1
"""Raise it with any change of signals or weights: calibrations are then made anew."""
_COVERING = 3
_SENTENCES_OF = 5
_FIELD = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """How near the tenant's chunks are to a question in general."""

    mean: NDArray[np.float32]
    covariance: NDArray[np.float32]

    def outstanding(self, vector: Vectors, cosine: float) -> float:
        """By how many standard deviations a cosine stands above those of all chunks."""
        spread = math.sqrt(max(float(vector @ self.covariance @ vector), 1e-6))
        return (cosine - float(vector @ self.mean)) / spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What is usual in the tenant's documents, learned from its own sentences as questions."""

    outstanding: float = 4.9
    """Of the best passage, where the document that has the sentence is there."""
    sentence: float = 0.64
    """Cosine of the nearest sentence, where that document is left out."""
    sentence_spread: float = 0.19


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What a tenant's documents say about its scores."""

    scale: Scale = Scale()
    background: Background | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What a search says about whether it succeeded."""

    outstanding: float | None
    """None without a background, or without a vector."""
    sentence: float | None
    """None without a vector."""
    covered: float
    """Share of the question's weight (inverse document frequency) in the best passage."""
    conversation_covered: float
    """The same of all the customer's words, in the best of three passages."""
    matched: float
    """The best BM25, as a share of what the question's words could bring."""
    ahead: float
    """How far the best document is before the others; by words alone."""


def signals(query: Query, answered: Answered, background: Background | None) -> Signals:
    """Read the signals off a search; there must be a hit."""
    hits, best = answered.hits, answered.hits[0]
    last = dict(zip(query.terms, query.last_counts, strict=True))
    asked = [term for term in query.terms if last[term]]
    known = query.last is not None
    nearest = [near for hit in hits[:_SENTENCES_OF] for near in hit.similarities]
    weight = sum(answered.rarity.get(term, 0.0) for term in asked)
    bound = 2.2 * weight  # BM25 of a term cannot exceed its rarity times k1 + 1
    return Signals(
        outstanding=_outstanding(query, best, background),
        sentence=max(nearest, default=0.0) if known else None,
        covered=_covered(asked, best, answered.rarity),
        conversation_covered=max(
            _covered(query.terms, hit, answered.rarity) for hit in hits[:_COVERING]
        ),
        matched=answered.best_last / bound if bound else 0.0,
        ahead=_ahead(hits[:_FIELD]),
    )


def confidence(found: Signals, scale: Scale) -> float:
    """0 to 1: how often the passages answer a question with such signals.

    Weights: fitted on the tuning splits of anthropic_docs, of mtrag's four collections and of
    the sample company's questions, each base counted alike, right documents there against left
    out; for what is searched by words alone, on cmrc2018 and the sample's Chinese questions.
    """
    if found.sentence is None:
        return _logistic(
            _WORDS,
            (found.covered, found.matched, found.ahead),
        )
    sentence = (found.sentence - scale.sentence) / scale.sentence_spread
    common = (found.covered, found.conversation_covered, sentence)
    if found.outstanding is None:
        return _logistic(_PLAIN, common)
    return _logistic(_FULL, (found.outstanding / scale.outstanding, *common))


_FULL = (-3.05, (2.82, 1.16, 0.78, 0.80))
_PLAIN = (-0.87, (1.10, 1.46, 1.27))
_WORDS = (-4.95, (2.82, 2.84, 4.50))
"""Offset and weights, at even odds: as many questions without an answer as with one. The last is
the mean of the fits on cmrc2018 alone and with the sample company's Chinese questions: those of
the former repeat the words of their paragraphs more than customers do."""


def _logistic(model: tuple[float, Sequence[float]], values: Sequence[float]) -> float:
    offset, weights = model
    total = offset + sum(weight * value for weight, value in zip(weights, values, strict=True))
    return 1 / (1 + math.exp(-total))


def _outstanding(query: Query, best: Hit, background: Background | None) -> float | None:
    if background is None or query.last is None or query.whole is None:
        return None
    share = query.share_of_last
    mixed = share * query.last + (1 - share) * query.whole
    cosine = share * (best.cosine_last or 0.0) + (1 - share) * (best.cosine_whole or 0.0)
    return background.outstanding(mixed, cosine)


def _covered(terms: Sequence[str], hit: Hit, rarity: Mapping[str, float]) -> float:
    total = sum(rarity.get(term, 0.0) for term in terms)
    had = sum(rarity.get(term, 0.0) for term in terms if term in hit.matched)
    return had / total if total else 0.5


def _ahead(hits: Sequence[Hit]) -> float:
    best = hits[0]
    others = [hit.score for hit in hits if hit.document != best.document]
    if not others or best.score <= 0:
        return 1.0
    return (best.score - sum(others) / len(others)) / best.score
