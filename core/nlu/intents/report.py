"""What a head is worth, in numbers and in sentences. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.nlu.intents.learn import Held

_BINS = 10
_WORST = 8
"""Intents and confusions that are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentReport:
    """One intent's left-out examples."""

    name: str
    examples: int
    recall: float
    """The share of its examples that were taken for it."""
    precision: float
    """The share of what was taken for it that was; 1 when nothing was."""
    taken_for: tuple[tuple[str, int], ...]
    """The others, most frequent first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """By cross-validation: every example was judged by a head that did not know it."""

    examples: int
    accuracy: float
    calibration_error: float
    outside_auroc: float | None
    """Of examples whose whole intent was left out against the others; None for few intents."""
    outside_told: float | None
    """The share of them that was said to be none of the intents."""
    inside_lost: float | None
    """The share of the others of which the same was said."""
    intents: tuple[IntentReport, ...]


def report_on(held: Held) -> Report:
    """The figures."""
    said = held.chances.argmax(axis=1)
    strange = len(held.outside) > 0 and len(held.inside) > 0
    return Report(
        examples=len(said),
        accuracy=float((said == held.truth).mean()),
        calibration_error=calibration_error(held.chances.max(axis=1), said == held.truth),
        outside_auroc=auroc(held.outside, held.inside) if strange else None,
        outside_told=float(held.told.mean()) if strange else None,
        inside_lost=float(held.lost.mean()) if strange else None,
        intents=tuple(_intent(held, said, place) for place in range(len(held.labels))),
    )


def figures(report: Report) -> dict[str, Any]:
    """The report as JSON has it."""
    return {
        "examples": report.examples,
        "accuracy": report.accuracy,
        "calibration_error": report.calibration_error,
        "out_of_scope": {
            "auroc": report.outside_auroc,
            "recognised": report.outside_told,
            "in_scope_rejected": report.inside_lost,
        },
        "intents": [
            {
                "name": one.name,
                "examples": one.examples,
                "recall": one.recall,
                "precision": one.precision,
                "taken_for": dict(one.taken_for),
            }
            for one in report.intents
        ],
    }


def sentences(found: Mapping[str, Any]) -> list[str]:
    """What `figures` gives, for people."""
    lines = [
        f"{found['accuracy']:.1%} of {found['examples']} examples were recognised by a head that"
        " did not know them",
        f"a confidence is off by {found['calibration_error']:.3f} on average",
    ]
    outside = found["out_of_scope"]
    if outside["auroc"] is None:
        lines.append("there are too few intents to measure how messages of none are recognised")
    else:
        lines.append(
            f"messages of no intent: AUROC {outside['auroc']:.3f};"
            f" {outside['recognised']:.1%} are recognised,"
            f" at the price of {outside['in_scope_rejected']:.1%} of the others"
        )
    weakest = sorted(found["intents"], key=lambda one: (one["recall"], one["name"]))
    return lines + [_sentence(one) for one in weakest[:_WORST] if one["recall"] < 1]


def auroc(higher: NDArray[np.floating[Any]], lower: NDArray[np.floating[Any]]) -> float:
    """The chance that one of `higher` exceeds one of `lower`; ties count half."""
    ordered = np.sort(lower)
    below = np.searchsorted(ordered, higher, "left") + np.searchsorted(ordered, higher, "right")
    return float(below.mean() / (2 * len(lower)))


def calibration_error(
    chances: NDArray[np.floating[Any]], came_true: NDArray[np.bool_], bins: int = _BINS
) -> float:
    """Expected calibration error over bins of equal size: |said - seen|, weighed by size."""
    parts = np.array_split(np.argsort(chances, kind="stable"), bins)
    gaps = [
        abs(float(chances[part].mean() - came_true[part].mean())) * len(part)
        for part in parts
        if len(part)
    ]
    return sum(gaps) / len(chances)


def _intent(held: Held, said: NDArray[np.int64], place: int) -> IntentReport:
    own, taken = held.truth == place, said == place
    right = int((own & taken).sum())
    others = Counter(held.labels[one] for one in said[own & ~taken])
    return IntentReport(
        name=held.labels[place],
        examples=int(own.sum()),
        recall=right / int(own.sum()),
        precision=right / int(taken.sum()) if taken.any() else 1.0,
        taken_for=tuple(sorted(others.items(), key=lambda pair: (-pair[1], pair[0]))),
    )


def _sentence(one: Mapping[str, Any]) -> str:
    others = ", ".join(f"{name} ({times})" for name, times in [*one["taken_for"].items()][:3])
    return f"{one['name']}: {one['recall']:.0%} of {one['examples']}; taken for {others}"
