"""The shipped judge behind the port: by words and vectors where both are known."""

import numpy as np

from core.nlu.emotion.feels import ShippedFeelings
from core.nlu.emotion.head import EmotionHead
from core.nlu.emotion.judge import EmotionJudge, Spoken
from core.nlu.emotion.lexicon import Lexicon

JUDGE = EmotionJudge(EmotionHead.load(), Lexicon.chinese())
SPOKEN = [Spoken("so it is", "en"), Spoken("我很生气", "zh"), Spoken("so it is", "en")]
VECTORS = np.eye(384, dtype=np.float32)[:3] * np.array([[1], [0], [0]], np.float32)


async def test_a_text_that_the_embedder_does_not_know_is_judged_by_its_words() -> None:
    found = await ShippedFeelings(JUDGE, fits=True).feel(SPOKEN, VECTORS)

    assert found[0] == JUDGE.feel(SPOKEN[:1], VECTORS[:1])[0]
    assert found[1:] == JUDGE.feel(SPOKEN[1:])
    assert found[0] != found[2]


async def test_vectors_of_another_embedder_are_left_out() -> None:
    assert await ShippedFeelings(JUDGE, fits=False).feel(SPOKEN, VECTORS) == JUDGE.feel(SPOKEN)
    assert await ShippedFeelings(JUDGE, fits=True).feel(SPOKEN, None) == JUDGE.feel(SPOKEN)
