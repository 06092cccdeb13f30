"""Feelings of a customer's texts: by the head where it can read them, by words in Chinese."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.nlu.emotion.feelings import Feelings
from core.nlu.emotion.head import EmotionHead
from core.nlu.emotion.learn import OwnEar
from core.nlu.emotion.lexicon import Lexicon

LEXICAL = ("zh",)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A text and its language."""

    text: str
    language: str
    """BCP 47 primary tag; empty when not known, which is read as English."""


class EmotionJudge:
    """Judges texts of several languages at once.

    The head is of English. A language that neither it nor the lexicon knows gets no feelings:
    what is not known must not make anybody frustrated.
    """

    def __init__(self, head: EmotionHead, chinese: Lexicon, ear: OwnEar | None = None) -> None:
        self._head = head
        self._chinese = chinese
        self._ear = ear or OwnEar.as_shipped()

    def feel(
        self, spoken: Sequence[Spoken], vectors: NDArray[np.float32] | None = None
    ) -> tuple[Feelings | None, ...]:
        """The feelings of each text, or None where its language is not known.

        Args:
            spoken: The texts.
            vectors: A row of length 1 for each, of the embedder that the head was trained with.
        """
        english = [place for place, one in enumerate(spoken) if one.language in {"", "en"}]
        rows = None if vectors is None else vectors[english]
        texts = [spoken[place].text for place in english]
        felt = dict(zip(english, self._head.feel(texts, rows), strict=True))
        heard = self._ear.hear(list(felt.values()), rows)
        found: dict[int, Feelings] = dict(zip(english, heard, strict=True))
        for place, one in enumerate(spoken):
            if one.language in LEXICAL:
                found[place] = self._chinese.feel(one.text)
        return tuple(found.get(place) for place in range(len(spoken)))
