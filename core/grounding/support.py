"""Weighs the signals: how likely it is that the passages do not carry a sentence.

Logistic regression over the signals, in log-odds. Learned by `make bench-grounding` with `--fit`
from reference answers of the tuning halves of two sets (product documentation, and talks over four
domains) with their passages, and from sentences made untrue by rule, every kind of mistake
counting the same. References of which most words are nowhere in their passages were left out of
learning.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict

from core.grounding.signals import Signals

WORDS: Mapping[str, float] = {
    "digits": 3.98,
    "dates": 4.82,
    "unit": 5.18,
    "stray": 2.38,
    "names": 2.76,
    "denied": 2.42,
    "opposite": 2.76,
    "missing": 4.55,
    "apart": 0.91,
    "bias": -2.22,
}
"""Where nothing is embedded."""
BOTH: Mapping[str, float] = {
    "digits": 4.04,
    "dates": 4.94,
    "unit": 5.35,
    "stray": 2.38,
    "names": 2.59,
    "denied": 2.23,
    "opposite": 2.82,
    "missing": 3.67,
    "apart": -0.22,
    "distance": 2.85,
    "bias": -2.30,
}
"""With `distance`, 1 less the cosine to the nearest sentence of the passages."""
LIMIT = 0.5
"""From this doubt on a sentence counts as not carried."""


def doubt(signals: Signals, similarity: float | None) -> float:
    """The chance that the sentence is not carried, 0 to 1.

    Args:
        signals: Of the sentence beside its passages.
        similarity: Cosine to the nearest sentence of them; None where it is not known.
    """
    weights = WORDS if similarity is None else BOTH
    values = asdict(signals) | {"bias": 1.0, "distance": 1.0 - (similarity or 0.0)}
    return 1 / (1 + math.exp(-sum(weight * values[name] for name, weight in weights.items())))
