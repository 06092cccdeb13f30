"""How good search and answers are, as numbers between 0 and 1. Pure."""

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Sequence

from core.nlu.words import terms


def recall(ranked: Sequence[str], right: Collection[str], depth: int) -> float:
    """The share of the right documents among the first `depth`."""
    return len(set(ranked[:depth]) & set(right)) / len(set(right))


def reciprocal_rank(ranked: Sequence[str], right: Collection[str]) -> float:
    """One over the place of the first right document; 0 when there is none."""
    return next((1 / place for place, one in enumerate(ranked, 1) if one in right), 0.0)


def ndcg(ranked: Sequence[str], right: Collection[str], depth: int = 10) -> float:
    """Normalised discounted cumulative gain, every right document worth the same.

    Source: Järvelin and Kekäläinen, Cumulated gain-based evaluation of IR techniques (2002).
    """
    gain = sum(
        1 / math.log2(place + 2) for place, one in enumerate(ranked[:depth]) if one in right
    )
    best = sum(1 / math.log2(place + 2) for place in range(min(depth, len(set(right)))))
    return gain / best


def auroc(right: Sequence[float], wrong: Sequence[float]) -> float:
    """The chance that one of the right scores higher than one of the wrong; ties count half."""
    wrong = sorted(wrong)
    if not right or not wrong:
        return math.nan
    below = sum(_below(wrong, score) for score in right)
    return below / (len(right) * len(wrong))


def calibration_error(
    chances: Sequence[float], came_true: Sequence[bool], bins: int = 10
) -> float:
    """Expected calibration error over bins of equal size: |said - seen|, weighed by size."""
    pairs = sorted(zip(chances, came_true, strict=True))
    error = 0.0
    for number in range(bins):
        part = pairs[len(pairs) * number // bins : len(pairs) * (number + 1) // bins]
        if part:
            said = sum(chance for chance, _ in part) / len(part)
            seen = sum(true for _, true in part) / len(part)
            error += abs(said - seen) * len(part) / len(pairs)
    return error


def risk_coverage(
    chances: Sequence[float], came_true: Sequence[bool]
) -> tuple[tuple[float, float], ...]:
    """For every share of questions answered, the surest first, the share answered wrongly."""
    ranked = sorted(zip(chances, came_true, strict=True), key=lambda pair: -pair[0])
    points, wrong = [], 0
    for answered, (_, true) in enumerate(ranked, 1):
        wrong += not true
        points.append((answered / len(ranked), wrong / answered))
    return tuple(points)


def rouge_1(answer: str, reference: str) -> float:
    """F1 of the words two texts share, stemmed; Chinese by pairs of characters.

    Source: Lin, ROUGE: A Package for Automatic Evaluation of Summaries (2004).
    """
    said, wanted = Counter(terms(answer)), Counter(terms(reference))
    shared = sum((said & wanted).values())
    if not shared:
        return 0.0
    precision, share = shared / sum(said.values()), shared / sum(wanted.values())
    return 2 * precision * share / (precision + share)


def coverage(answer: str, wanted: Sequence[str]) -> float:
    """The share of the wanted terms that the answer has."""
    had = set(terms(answer))
    return sum(term in had for term in wanted) / len(wanted) if wanted else 0.0


def _below(ordered: Sequence[float], score: float) -> float:
    return (bisect_left(ordered, score) + bisect_right(ordered, score)) / 2
