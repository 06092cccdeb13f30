"""What the shipped head reaches on the test split of GoEmotions, which nothing was chosen on."""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.nlu.emotion.feelings import EMOTIONS, FRUSTRATED, Feelings
from core.nlu.emotion.head import EmotionHead
from core.nlu.emotion.learn import OwnEar
from knowledge import measures
from tests.bench.emotion.labelled import Labelled, Matrix

Truth = NDArray[np.bool_]
WIDER = ("anger", "disgust", "sadness", "fear")
"""Another notion of frustration: whatever is bad for the customer."""
_NEAR = 0.01
_DRAWS = 10
_CHEAP = 500


@dataclass(frozen=True, slots=True)
class Split:
    """Labelled texts with their vectors, and what the head says of them."""

    labelled: Labelled
    vectors: Matrix
    felt: tuple[Feelings, ...]

    @classmethod
    def judged(
        cls, head: EmotionHead, labelled: Labelled, vectors: Matrix, *, words_alone: bool = False
    ) -> "Split":
        felt = head.feel(labelled.texts, None if words_alone else vectors)
        return cls(labelled, vectors, felt)

    @property
    def chances(self) -> Matrix:
        return np.array([one.chances for one in self.felt], np.float32)

    @property
    def frustrated(self) -> list[float]:
        return [one.frustrated for one in self.felt]


def figures(dev: Split, test: Split) -> dict[str, Any]:
    """F1 with dev's thresholds, ranking of frustration, and how far chances are from the truth."""
    limits = [best_limit(dev.chances[:, at], dev.labelled.labels[:, at]) for at in _all()]
    each = {
        EMOTIONS[at]: f1(test.chances[:, at] >= limits[at], test.labelled.labels[:, at])
        for at in _all()
    }
    judged = [one.judged for one in test.felt]
    right = [
        bool(row[EMOTIONS.index(one.label)])
        for one, row in zip(judged, test.labelled.labels, strict=True)
    ]
    truth = test.labelled.has(*FRUSTRATED)
    return {
        "texts": len(test.felt),
        "macro_f1": fmean(each.values()),
        "f1": each,
        "likeliest_is_right": fmean(right),
        "calibration_error_of_likeliest": measures.calibration_error(
            [one.confidence for one in judged], right
        ),
        "calibration_error_by_emotion": {
            EMOTIONS[at]: measures.calibration_error(
                test.chances[:, at].tolist(), (test.labelled.labels[:, at] > 0).tolist()
            )
            for at in _all()
        },
        "frustration_share": float(truth.mean()),
        "frustration_auroc": ranking(test.frustrated, truth),
        "frustration_calibration_error": measures.calibration_error(
            test.frustrated, truth.tolist()
        ),
        "frustration_auroc_wider": ranking(test.frustrated, test.labelled.has(*WIDER)),
        "frustration_auroc_with_sadness": ranking(
            test.frustrated, test.labelled.has(*FRUSTRATED, "sadness")
        ),
    }


def own_labels(dev: Split, test: Split) -> dict[str, Any]:
    """What labels of a tenant's own add, when it hears the same as ships, and when it does not.

    The labels are drawn from dev, 10 times, and judged on test.
    """
    found: dict[str, Any] = {}
    for name, emotions in (("same_notion", FRUSTRATED), ("wider_notion", WIDER)):
        wanted, truth = dev.labelled.has(*emotions), test.labelled.has(*emotions)
        found[name] = {"0": _heard(test, truth, OwnEar.as_shipped(test.vectors.shape[1]))}
        for count in (50, 200):
            tried = [
                _heard(test, truth, _learned(dev, wanted, draw, count)) for draw in range(_DRAWS)
            ]
            found[name][str(count)] = {
                key: fmean(one[key] for one in tried) for key in tried[0]
            } | {"auroc_worst": min(one["auroc"] for one in tried)}
    return found


def milliseconds(head: EmotionHead, split: Split) -> float:
    """CPU of one message, its vector given."""
    begun = time.process_time()
    for at in range(_CHEAP):
        head.feel([split.labelled.texts[at]], split.vectors[at : at + 1])
    return (time.process_time() - begun) * 1_000 / _CHEAP


def _learned(dev: Split, wanted: Truth, draw: int, count: int) -> OwnEar:
    rows = np.random.default_rng(draw).permutation(len(dev.felt))[:count]
    felt = [dev.felt[row] for row in rows]
    return OwnEar.learn(felt, dev.vectors[rows], wanted[rows].tolist())


def _heard(test: Split, truth: Truth, ear: OwnEar) -> dict[str, float]:
    said = [one.frustrated for one in ear.hear(test.felt, test.vectors)]
    return {
        "auroc": ranking(said, truth),
        "calibration_error": measures.calibration_error(said, truth.tolist()),
    }


def ranking(said: Sequence[float], truth: Truth) -> float:
    """How often a text that is one is thought likelier than one that is not."""
    pairs = list(zip(said, truth, strict=True))
    return measures.auroc([one for one, true in pairs if true], [one for one, t in pairs if not t])


def best_limit(chances: Matrix, labels: Matrix) -> float:
    """The chance from which on a label is said: where F1 is about as good as it gets.

    The best single chance is noise; the middle, in log odds, of all that come within a
    hundredth of it is not.
    """
    order = np.argsort(-chances, kind="stable")
    hits = np.cumsum(labels[order])
    scores = 2 * hits / (np.arange(1, len(labels) + 1) + labels.sum())
    good = np.clip(chances[order][scores >= scores.max() - _NEAR], _NEAR / 100, 1 - _NEAR / 100)
    odds = float(np.mean(np.log(good / (1 - good))))
    return 1 / (1 + math.exp(-odds))


def f1(said: Truth, labels: Matrix) -> float:
    """Of one label."""
    return float(2 * (said * labels).sum() / max(said.sum() + labels.sum(), 1))


def _all() -> Iterator[int]:
    return iter(range(len(EMOTIONS)))
