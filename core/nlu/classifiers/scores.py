"""What judging needs of a classifier, as a Protocol, and what its labels come to. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Protocol, TypeAlias

Scores: TypeAlias = Mapping[str, float]
"""A chance, 0 to 1, by label."""

GOEMOTIONS: Mapping[str, str] = {
    label: group
    for group, labels in {
        "anger": "anger annoyance disapproval",
        "disgust": "disgust",
        "fear": "fear nervousness",
        "joy": "admiration amusement approval caring desire excitement gratitude joy love optimism"
        " pride relief",
        "neutral": "neutral",
        "sadness": "sadness disappointment embarrassment grief remorse",
        "surprise": "surprise confusion curiosity realization",
    }.items()
    for label in labels.split()
}
"""The 28 labels of GoEmotions in the groups of Ekman, as its authors grouped them (Demszky et al.,
GoEmotions: A Dataset of Fine-Grained Emotions, 2020, appendix)."""


class Classifies(Protocol):
    """Gives texts scores for its labels."""

    async def classify(self, texts: Sequence[str]) -> tuple[Scores, ...]:
        """The scores of each text, in order, under the classifier's own labels.

        Raises:
            ModelUnavailable: it is away, too slow, busy or failing, or serves us not.
            PromptRefused: it does not take these texts.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Meanings:
    """What the labels of a classifier mean here."""

    names: Mapping[str, str]
    """By label; several may mean the same. Empty takes every label as it is."""
    several: bool
    """Whether several labels may hold at once, each with a chance of its own, or just one does."""

    def of(self, scores: Scores) -> dict[str, float]:
        """The chance of each meaning; labels that mean nothing here are left out."""
        parts: dict[str, list[float]] = {}
        for label, score in scores.items():
            name = self.names.get(label) if self.names else label
            if name is not None:
                parts.setdefault(name, []).append(score)
        return {name: self.joined(own) for name, own in parts.items()}

    def joined(self, chances: Iterable[float]) -> float:
        """The chance that at least one of these holds."""
        if self.several:
            return 1.0 - prod(1.0 - chance for chance in chances)
        return min(1.0, sum(chances))
