"""The shipped judge of feelings as the port has it."""

from collections.abc import Sequence

import numpy as np

from core.nlu.emotion.feelings import Feelings
from core.nlu.emotion.judge import EmotionJudge, Spoken
from core.nlu.ports import Feels, Vectors


class ShippedFeelings(Feels):
    """Judges by words and vectors where there are vectors that fit, else by words alone."""

    def __init__(self, judge: EmotionJudge, *, fits: bool) -> None:
        """Wrap a judge.

        Args:
            judge: the shipped one.
            fits: whether the vectors are of the embedder that its head was trained with.
        """
        self._judge = judge
        self._fits = fits

    async def feel(
        self, spoken: Sequence[Spoken], vectors: Vectors | None
    ) -> tuple[Feelings | None, ...]:
        if vectors is None or not self._fits:
            return self._judge.feel(spoken)
        known = np.any(vectors, axis=1)
        found: dict[int, Feelings | None] = {}
        for is_known, rows in ((True, vectors[known]), (False, None)):
            places = [place for place, own in enumerate(known) if own == is_known]
            felt = self._judge.feel([spoken[place] for place in places], rows)
            found |= zip(places, felt, strict=True)
        return tuple(found[place] for place in range(len(spoken)))
