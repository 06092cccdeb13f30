"""Trains a head on labelled examples, and says what it is worth on examples it has not seen. Pure.

Chances are made honest on leave-one-out scores (temperature: Guo et al., On Calibration of Modern
Neural Networks, 2017; then two numbers for the likeliest intent). What is strange is learned by
leaving out whole intents and taking their examples for messages of none: no example of "something
else" is needed, and none is used.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.nlu.intents.catalogue import digest
from core.nlu.intents.head import IntentHead, Scale, believed, chances_of, outside_of
from core.nlu.intents.kernel import Examples, Matrix, Messages, seen_from
from core.nlu.intents.solve import targets, weights_and_left_out
from core.nlu.intents.strange import FAR, LEARNED, SIGNALS, Surroundings, Usual, signals
from core.nlu.intents.words import Vocabulary

_SEED = 20
_LEAST_INTENTS = 4
"""With fewer, intents left out say nothing about messages of none."""
_PARTS = 5
_ENOUGH = 40
"""Examples of a group that can be judged by itself."""
_MANY = 3_000
"""Examples; with more, two rounds of leaving out are as good as five."""
_TEMPERATURES = np.geomspace(0.02, 1.0, 60)
_USUAL = Scale(
    temperature=0.2, belief=(0.0, 1.0), outside=(2.0, 0.0, -10.0, 0.0, 0.0, FAR), threshold=0.5
)
_RIDGE = 1e-4
_STEPS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Examples that were left out, and what was said of them."""

    labels: tuple[str, ...]
    truth: NDArray[np.int64]
    chances: Matrix
    """By label, of heads that knew all other examples."""
    inside: NDArray[np.float64]
    """The chance of being none of the intents, of examples whose intent was known."""
    outside: NDArray[np.float64]
    """The same of examples whose whole intent was left out."""
    lost: NDArray[np.bool_]
    """Which of `inside` were said to be none of the intents."""
    told: NDArray[np.bool_]
    """Which of `outside` were."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """Examples that were left out, with their signals."""

    signals: Matrix
    strange: NDArray[np.bool_]
    """Whether the whole intent was left out."""
    places: NDArray[np.int64]

    def of(self, group: NDArray[np.bool_]) -> "_Seen":
        """Those of a group of the examples."""
        own = group[self.places]
        return _Seen(self.signals[own], self.strange[own], self.places[own])


def learn(
    texts: Sequence[str], labels: Sequence[str], vectors: Matrix, embedder: str
) -> tuple[IntentHead, Held]:
    """The head, and how it did on what was left out.

    Args:
        texts: the examples.
        labels: the intent of each.
        vectors: a row per example, zeros where the embedder does not know the language.
        embedder: whose version the vectors are of.

    Raises:
        ValueError: there are fewer than two intents.
    """
    names, owners = np.unique(np.array(labels), return_inverse=True)
    if len(names) < 2:  # noqa: PLR2004 - one intent leaves nothing to tell apart
        raise ValueError("at least two intents are wanted")
    vocabulary = Vocabulary.of(texts)
    given = np.asarray(vectors, np.float32)
    around = Surroundings.of(given)
    messages = Messages(seen_from(around.centre, given), vocabulary.rows(texts))
    examples = Examples.of(messages, vocabulary)
    likeness = examples.likeness(messages)
    found, left_out = weights_and_left_out(likeness, targets(owners, len(names)))
    seen = _strange(likeness, given, owners)
    groups = (examples.known, ~examples.known)
    scales, held = _held(tuple(map(str, names)), owners, left_out, seen, groups)
    head = IntentHead(
        labels=held.labels,
        examples=examples,
        weights=found,
        vocabulary=vocabulary,
        usual=Usual.of(left_out, owners),
        around=around,
        scales=scales,
        trained_on=digest(tuple(texts), tuple(labels)),
        embedder=embedder,
    )
    return head, held


def _held(
    labels: tuple[str, ...],
    owners: NDArray[np.int64],
    left_out: Matrix,
    seen: _Seen,
    groups: tuple[NDArray[np.bool_], NDArray[np.bool_]],
) -> tuple[tuple[Scale, Scale], Held]:
    """What scores mean in each group, and how the left-out examples did by that."""
    everyone = np.ones(len(owners), np.bool_)
    judges = [group if group.sum() >= _ENOUGH else everyone for group in groups]
    first, second = (_scale(left_out[group], owners[group], seen.of(group)) for group in judges)
    chances = np.empty_like(left_out)
    outside, told = np.empty(len(seen.places)), np.empty(len(seen.places), np.bool_)
    for scale, group in zip((first, second), groups, strict=True):
        likely = chances_of(left_out[group], scale.temperature)
        chances[group] = believed(likely, scale.belief)
        own = group[seen.places]
        outside[own] = outside_of(seen.signals[own], scale.outside)
        told[own] = outside[own] >= scale.threshold
    return (first, second), Held(
        labels=labels,
        truth=owners,
        chances=chances,
        inside=outside[~seen.strange],
        outside=outside[seen.strange],
        lost=told[~seen.strange],
        told=told[seen.strange],
    )


def _temperature(scores: Matrix, owners: NDArray[np.int64]) -> float:
    """Under which the left-out examples' own labels are likeliest."""
    rows = np.arange(len(owners))
    losses = [
        -np.log(np.maximum(chances_of(scores, one)[rows, owners], 1e-9)).mean()
        for one in _TEMPERATURES
    ]
    return float(_TEMPERATURES[int(np.argmin(losses))])


def _belief(chances: Matrix, owners: NDArray[np.int64]) -> tuple[float, float]:
    """What makes the greatest chance the one of being right."""
    right = chances.argmax(axis=1) == owners
    if right.all() or not right.any():
        return _USUAL.belief
    sure = np.clip(chances.max(axis=1).astype(np.float64), 1e-6, 1 - 1e-6)
    odds = np.log(sure / (1 - sure))[:, None]
    added, times = _logistic(odds, right, np.full(len(right), 1 / len(right)))
    return float(added), float(times)


def _strange(likeness: Matrix, vectors: Matrix, owners: NDArray[np.int64]) -> _Seen:
    """Signals of left-out examples whose intent is known, and of those whose intent is not."""
    number = int(owners.max()) + 1
    found = [_Seen(np.empty((0, SIGNALS), np.float32), np.empty(0, bool), np.empty(0, np.int64))]
    if number >= _LEAST_INTENTS:
        chance = np.random.default_rng(_SEED)
        group = chance.permutation(np.arange(number) % _PARTS)[owners]
        part = chance.permutation(np.arange(len(owners)) % _PARTS)
        rounds = range(_PARTS if len(owners) <= _MANY else 2)
        found += [_round(likeness, vectors, owners, group == one, part == one) for one in rounds]
    return _Seen(
        np.concatenate([one.signals for one in found]),
        np.concatenate([one.strange for one in found]),
        np.concatenate([one.places for one in found]),
    )


def _round(
    likeness: Matrix,
    vectors: Matrix,
    owners: NDArray[np.int64],
    away: NDArray[np.bool_],
    left_out: NDArray[np.bool_],
) -> _Seen:
    """Without the intents that are `away`, and without some examples of the others."""
    kept = ~(away | left_out)
    names, own = np.unique(owners[kept], return_inverse=True)
    found, unseen = weights_and_left_out(likeness[np.ix_(kept, kept)], targets(own, len(names)))
    near = likeness[np.ix_(~kept, kept)]
    usual, around = Usual.of(unseen, own), Surroundings.of(vectors[kept])
    told = signals(near @ found, near, vectors[~kept], usual, around)
    return _Seen(told, away[~kept], np.flatnonzero(~kept))


def _scale(left_out: Matrix, owners: NDArray[np.int64], seen: _Seen) -> Scale:
    """What scores mean, given those of examples that were left out, and what was seen of them."""
    temperature = _temperature(left_out, owners)
    belief = _belief(chances_of(left_out, temperature), owners)
    if seen.strange.all() or not seen.strange.any():
        return replace(_USUAL, temperature=temperature, belief=belief)
    both_sides = np.where(seen.strange, 0.5 / seen.strange.sum(), 0.5 / (~seen.strange).sum())
    found = _logistic(seen.signals[:, :LEARNED], seen.strange, both_sides)
    learned = (*map(float, found), FAR)
    chances = outside_of(seen.signals, learned)
    return Scale(
        temperature=temperature,
        belief=belief,
        outside=learned,
        threshold=_best_threshold(chances, seen.strange),
    )


def _logistic(
    found: NDArray[np.floating[Any]], true: NDArray[np.bool_], weigh: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Logistic regression by Newton's method: a constant, and a weight for each column."""
    means, spreads = found.mean(axis=0), np.maximum(found.std(axis=0), 1e-6)
    rows = np.column_stack([np.ones(len(found)), (found - means) / spreads])
    learned = np.zeros(rows.shape[1])
    for _ in range(_STEPS):
        said = 1 / (1 + np.exp(-np.clip(rows @ learned, -50, 50)))
        slope = rows.T @ (weigh * (said - true)) + _RIDGE * learned
        bend = (rows * (weigh * said * (1 - said))[:, None]).T @ rows
        step = np.linalg.solve(bend + _RIDGE * np.eye(rows.shape[1]), slope)
        learned = learned - step
        if np.abs(step).max() < 1e-6:  # noqa: PLR2004 - below what a float32 signal can say
            break
    slopes = learned[1:] / spreads
    return np.concatenate([[learned[0] - slopes @ means], slopes])


def _best_threshold(chances: NDArray[np.float64], strange: NDArray[np.bool_]) -> float:
    """Where as many strange messages as possible are told, and as few known ones lost."""
    order = np.argsort(-chances, kind="stable")
    told = np.cumsum(strange[order]) / strange.sum()
    lost = np.cumsum(~strange[order]) / (~strange).sum()
    return float(chances[order][int(np.argmax(told - lost))])
