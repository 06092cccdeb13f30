"""Weighs planted sentences against supported ones: learning of weights, and what they reach."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from core.domain.answers import Passage
from core.grounding.signals import Evidence, Signals, signals
from core.grounding.support import LIMIT, doubt
from core.nlu.intents.report import auroc
from knowledge.ports import Embedder
from tests.bench.emotion.logistic import DenseRows, fit
from tests.bench.grounding.cases import Said

_NEAREST = 6
_NOISE = 0.5
_PER_KIND = 600
_TRUE_SHARES = {"reference": 0.5, "otherwise": 0.33, "verbatim": 0.17}
_DECAY = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A sentence with what is told of it."""

    said: Said
    signals: Signals
    similarity: float


async def weigh(all_said: Sequence[Said], embedder: Embedder | None) -> list[Weighed]:
    """The signals of all sentences, as the check would take them; nearness 0 without embedder."""
    shelf: dict[tuple[str, ...], Evidence] = {}
    found: list[tuple[Said, Signals, tuple[str, ...]]] = []
    for said in all_said:
        evidence = shelf.setdefault(_key(said.cited), Evidence(said.cited))
        compared = signals(said.sentence, evidence, said.question)
        found.append((said, compared, evidence.most_alike(said.sentence, _NEAREST)))
    texts = sorted({text for said, _, near in found for text in (said.sentence, *near)})
    rows: dict[str, np.ndarray] = {}  # type: ignore[type-arg]
    for at in range(0, len(texts) if embedder else 0, 256):
        batch = texts[at : at + 256]
        rows |= zip(batch, await embedder.embed(batch), strict=True)
    return [
        Weighed(
            said=said,
            signals=compared,
            similarity=max(
                (float(rows[said.sentence] @ rows[text]) for text in near if rows), default=0.0
            ),
        )
        for said, compared, near in found
    ]


def _key(cited: Sequence[Passage]) -> tuple[str, ...]:
    return tuple(passage.text for passage in cited)


def learn(weighed: Sequence[Weighed], *, embedded: bool) -> dict[str, float]:
    """Weights from the tuning half."""
    chance = np.random.default_rng(1)
    tuning = [one for one in weighed if one.said.tuning]
    kinds = {one.said.kind for one in tuning if one.said.planted}
    wanted = dict.fromkeys(kinds, _PER_KIND)
    wanted |= {kind: int(share * _PER_KIND * len(kinds)) for kind, share in _TRUE_SHARES.items()}
    chosen: list[Weighed] = []
    for kind, number in sorted(wanted.items()):
        own = [one for one in tuning if one.said.kind == kind and _is_clean(one)]
        chosen.extend(own[place] for place in chance.integers(0, len(own), number))
    names = [*_values(chosen[0], embedded=embedded)]
    rows = np.array([[*_values(one, embedded=embedded).values()] for one in chosen], np.float32)
    labels = np.array([[one.said.planted] for one in chosen], np.float32)
    learned = fit(DenseRows(rows), labels, _DECAY, 400)[:, 0]
    return dict(
        zip([*names, "bias"], [round(float(weight), 2) for weight in learned], strict=True)
    )


def _is_clean(one: Weighed) -> bool:
    return one.said.planted or one.signals.missing <= _NOISE


def _values(one: Weighed, *, embedded: bool) -> dict[str, float]:
    distance = {"distance": 1.0 - one.similarity} if embedded else {}
    return asdict(one.signals) | distance


def report(weighed: Sequence[Weighed], *, embedded: bool) -> dict[str, object]:
    """What is flagged, by kind; precision where planted and supported sentences are as many."""
    doubts = [doubt(one.signals, one.similarity if embedded else None) for one in weighed]
    flagged: dict[str, list[bool]] = {}
    for one, said in zip(weighed, doubts, strict=True):
        flagged.setdefault(one.said.kind, []).append(said >= LIMIT)
    rates = {kind: round(float(np.mean(flags)), 3) for kind, flags in sorted(flagged.items())}
    true = {kind: rates.pop(kind) for kind in _TRUE_SHARES if kind in rates}
    recall = float(np.mean([*rates.values()]))
    planted = np.array([one.said.planted for one in weighed])
    scores = np.array(doubts)
    return {
        "sentences": {kind: len(flags) for kind, flags in sorted(flagged.items())},
        "flagged_of_supported": true,
        "flagged_of_planted": rates,
        "recall": round(recall, 3),
        "precision": _precision(recall, true, even=1),
        "precision_one_in_ten": _precision(recall, true, even=9),
        "auroc": round(auroc(scores[planted], scores[~planted]), 3),
    }


def _precision(recall: float, true: Mapping[str, float], *, even: int) -> float:
    """With `even` supported sentences to each planted one, spread as those of answers are."""
    false = sum(_TRUE_SHARES[kind] * rate for kind, rate in true.items())
    return round(recall / (recall + even * false), 3)
