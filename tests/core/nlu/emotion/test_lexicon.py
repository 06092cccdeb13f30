"""Feelings by Chinese words. These sentences are ours, too: they test, they do not measure."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import core.nlu.emotion.lexicon as module
from core.nlu.emotion.feelings import EMOTIONS
from core.nlu.emotion.lexicon import Lexicon

CHINESE = Lexicon.chinese()


@pytest.mark.parametrize(
    ("text", "emotion"),
    [
        ("你们的服务太差了，我要投诉！", "anger"),
        ("我說了多少遍了，到底管不管", "anger"),
        ("这个味道让人恶心", "disgust"),
        ("我很担心包裹会丢", "fear"),
        ("太好了，谢谢你们", "joy"),
        ("真的很失望，等到的是坏的", "sadness"),
        ("没想到这么快就到了", "surprise"),
        ("请问什么时候发货？", "neutral"),
        ("", "neutral"),
        ("Where is my order?", "neutral"),
    ],
)
def test_the_likeliest_feeling(text: str, emotion: str) -> None:
    assert CHINESE.feel(text).judged.label == emotion


@pytest.mark.parametrize(
    "text", ["我不生气", "我没有很失望", "不用担心", "一点也不害怕", "並不是很難過"]
)
def test_a_negation_takes_the_feeling_back(text: str) -> None:
    assert CHINESE.feel(text).judged.label == "neutral"


@pytest.mark.parametrize("text", ["我不满意", "不高兴"])
def test_a_word_that_holds_a_negation_counts(text: str) -> None:
    assert CHINESE.feel(text).chances[EMOTIONS.index("neutral")] < 0.5


def test_more_words_are_more_evidence_up_to_three() -> None:
    said = [CHINESE.feel("垃圾，" * count).frustrated for count in range(6)]

    assert said[0] < said[1] < said[2] < said[3] == said[4] == said[5] < 0.8


@given(st.text(alphabet="我不没很生气失望谢谢开心害怕恶心居然。！a ", max_size=40))
def test_chances_of_any_text_are_chances(text: str) -> None:
    felt = CHINESE.feel(text)

    assert all(0 <= chance <= 1 for chance in (*felt.chances, felt.frustrated))


def test_no_word_stands_under_two_feelings() -> None:
    file = Path(module.__file__).with_name("chinese.toml")
    words = tomllib.loads(file.read_text("utf-8"))["words"]

    every = [word for own in words.values() for word in own]

    assert set(words) <= set(EMOTIONS)
    assert len(set(every)) == len(every)
