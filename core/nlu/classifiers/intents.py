"""Takes messages for intents by a classifier of the operator's own."""

from collections.abc import Sequence

from core.domain.errors import RefusedError, RetryableError
from core.domain.ids import TenantId
from core.nlu.classifiers.scores import Classifies, Meanings, Scores
from core.nlu.intents.catalogue import Catalogue
from core.nlu.intents.head import Guess
from core.nlu.intents.tenants import TenantHeads
from core.nlu.intents.trained import meant
from core.nlu.ports import JudgesIntents, Meant, Vectors

NONE = ""
"""What labels for messages of none of the intents mean."""


class ClassifiedIntents(JudgesIntents):
    """Each tenant's catalogue says what is done; its own head judges where the classifier cannot.

    So does it for a tenant whose catalogue has none of the classifier's intents.
    """

    def __init__(
        self, classifier: Classifies, meanings: Meanings, heads: TenantHeads, at_least: float
    ) -> None:
        """Put a classifier before the tenants' heads.

        Args:
            classifier: One for all tenants.
            meanings: Its labels as names of intents, `NONE` for messages of none.
            heads: With the catalogues.
            at_least: The chance from which an intent is taken.
        """
        self._classifier = classifier
        self._meanings = meanings
        self._heads = heads
        self._at_least = at_least

    async def guess(
        self,
        tenant: TenantId,
        texts: Sequence[str],
        languages: Sequence[str],
        vectors: Vectors | None,
    ) -> tuple[Meant | None, ...]:
        trained = await self._heads.trained(tenant)
        found = await self._classified(trained.catalogue, texts) if trained else None
        if trained is None or found is None:
            return await self._heads.guess(tenant, texts, languages, vectors)
        return tuple(
            meant(trained.catalogue, guess, language)
            for guess, language in zip(found, languages, strict=True)
        )

    async def _classified(
        self, catalogue: Catalogue, texts: Sequence[str]
    ) -> tuple[Guess, ...] | None:
        try:
            scores = await self._classifier.classify(texts)
        except (RetryableError, RefusedError):
            return None
        chances = [self._meanings.of(one) for one in scores]
        if not any(catalogue.find(name) for one in chances for name in one):
            return None
        return tuple(map(self._guess, chances))

    def _guess(self, chances: Scores) -> Guess:
        ranked = tuple(
            sorted(
                ((name, chance) for name, chance in chances.items() if name != NONE),
                key=lambda one: -one[1],
            )
        )
        best, chance = ranked[0] if ranked else (NONE, 0.0)
        outside = chances.get(NONE, 1.0 - chance)
        is_taken = chance >= self._at_least and chance >= chances.get(NONE, 0.0)
        return Guess(
            intent=best if is_taken else NONE, confidence=chance, outside=outside, ranked=ranked
        )
