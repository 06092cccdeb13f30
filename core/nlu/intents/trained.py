"""A head with the catalogue that says where its intents hold and what is done about them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.domain.actions import ANSWER
from core.nlu.intents.catalogue import Catalogue
from core.nlu.intents.head import Guess, IntentHead
from core.nlu.ports import Meant, Vectors

_MOST = 3
"""Intents that a guess ranks."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A head, and what is to be done about each of its intents."""

    catalogue: Catalogue
    head: IntentHead

    def judge(
        self, texts: Sequence[str], languages: Sequence[str], vectors: Vectors | None
    ) -> tuple[Meant, ...]:
        """What each text was taken for, among the intents that hold in its language.

        Args:
            texts: messages.
            languages: the BCP 47 primary tag of each; empty where it is not known.
            vectors: their rows of the head's embedder; None where there are none.
        """
        if vectors is None:
            vectors = np.zeros((len(texts), self.head.examples.vectors.shape[1]), np.float32)
        guesses = self.head.judge(texts, vectors, len(self.head.labels))
        return tuple(
            meant(self.catalogue, guess, language)
            for guess, language in zip(guesses, languages, strict=True)
        )


def meant(catalogue: Catalogue, guess: Guess, language: str) -> Meant:
    """What a judge's guess comes to: a message whose intent does not hold here has none.

    Args:
        catalogue: the tenant's; what it does not name is no intent.
        guess: with every intent that comes into question in `ranked`.
        language: of the message; empty where it is not known.
    """
    holding = {one.name: one for one in catalogue.intents if one.holds_in(language)}
    ranked = tuple(one for one in guess.ranked if one[0] in holding)[:_MOST]
    intent = guess.intent if guess.intent in holding else ""
    confidence = ranked[0][1] if ranked else 0.0
    taken = replace(guess, intent=intent, confidence=confidence, ranked=ranked)
    return Meant(guess=taken, action=holding[intent].action if intent else ANSWER)
