"""Tells feelings by a classifier of the operator's own."""

from collections.abc import Sequence

from core.domain.errors import RefusedError, RetryableError
from core.nlu.classifiers.scores import GOEMOTIONS, Classifies, Meanings, Scores
from core.nlu.emotion.feelings import EMOTIONS, FRUSTRATED, Feelings
from core.nlu.emotion.judge import Spoken
from core.nlu.ports import Feels, Vectors


class ClassifiedFeelings(Feels):
    """The shipped judge has the languages that the classifier does not read, and stands in."""

    def __init__(
        self, classifier: Classifies, meanings: Meanings, languages: Sequence[str], shipped: Feels
    ) -> None:
        """Put a classifier before the shipped judge.

        Args:
            classifier: Of English, at least.
            meanings: Its labels as emotions; without names those of GoEmotions are known.
            languages: Primary tags that it reads, a text of unknown language too; empty is all.
            shipped: Judges everything else.
        """
        self._classifier = classifier
        self._meanings = Meanings(names=meanings.names or GOEMOTIONS, several=meanings.several)
        self._languages = frozenset(languages)
        self._shipped = shipped

    async def feel(
        self, spoken: Sequence[Spoken], vectors: Vectors | None
    ) -> tuple[Feelings | None, ...]:
        own = [place for place, one in enumerate(spoken) if self._reads(one.language)]
        found = await self._classified([spoken[place].text for place in own])
        felt: dict[int, Feelings | None] = dict(zip(own, found, strict=True)) if found else {}
        rest = [place for place in range(len(spoken)) if felt.get(place) is None]
        if rest:
            rows = None if vectors is None else vectors[rest]
            by_shipped = await self._shipped.feel([spoken[place] for place in rest], rows)
            felt |= zip(rest, by_shipped, strict=True)
        return tuple(felt[place] for place in range(len(spoken)))

    def _reads(self, language: str) -> bool:
        return not language or not self._languages or language in self._languages

    async def _classified(self, texts: Sequence[str]) -> list[Feelings | None]:
        """The feelings of each text; none at all when nobody can say."""
        if not texts:
            return []
        try:
            scores = await self._classifier.classify(texts)
        except (RetryableError, RefusedError):
            return []
        return [self._feelings(one) for one in scores]

    def _feelings(self, scores: Scores) -> Feelings | None:
        chances = self._meanings.of(scores)
        if not any(emotion in chances for emotion in EMOTIONS):
            return None
        negative = (chances.get(emotion, 0.0) for emotion in FRUSTRATED)
        return Feelings(
            chances=tuple(chances.get(emotion, 0.0) for emotion in EMOTIONS),
            frustrated=self._meanings.joined(negative),
        )
