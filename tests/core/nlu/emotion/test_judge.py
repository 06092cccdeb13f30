"""Texts of several languages, each by what can read it."""

import numpy as np

from core.nlu.emotion.head import EmotionHead
from core.nlu.emotion.judge import EmotionJudge, Spoken
from core.nlu.emotion.lexicon import Lexicon

HEAD, CHINESE = EmotionHead.load(), Lexicon.chinese()
JUDGE = EmotionJudge(HEAD, CHINESE)


def test_each_language_is_judged_by_what_can_read_it_in_order() -> None:
    texts = ("我很生气", "I hate this", "Ich bin wütend", "I love this")
    spoken = [
        Spoken(text, language)
        for text, language in zip(texts, ("zh", "en", "de", ""), strict=True)
    ]

    found = JUDGE.feel(spoken)

    chinese, hate, german, love = found
    assert chinese == CHINESE.feel(texts[0])
    assert german is None
    assert hate is not None
    assert love is not None
    assert (hate.judged.label, love.judged.label) == ("anger", "joy")


def test_every_text_is_judged_with_its_own_vector() -> None:
    vectors = np.eye(384, dtype=np.float32)[:3]
    spoken = [Spoken("你好", "zh"), Spoken("so it is", "en"), Spoken("so it is", "en")]

    _, one, other = JUDGE.feel(spoken, vectors)

    assert (one, other) != (other, one)
    assert one is not None
    assert np.allclose(one.chances, HEAD.feel(["so it is"], vectors[1:2])[0].chances)


def test_no_texts_have_no_feelings() -> None:
    assert JUDGE.feel([]) == ()
