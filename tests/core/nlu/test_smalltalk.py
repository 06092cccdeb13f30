from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.understanding import Intent
from core.nlu.smalltalk import SmallTalk, fold

SMALL_TALK = SmallTalk.load()


def _examples() -> list[tuple[str, str]]:
    lines = Path(__file__).with_name("smalltalk.tsv").read_text(encoding="utf-8").splitlines()
    return [(line.split("\t")[0], line.split("\t")[1]) for line in lines if "\t" in line]


@pytest.mark.parametrize(("intent", "text"), _examples())
def test_words_have_their_intent(intent: str, text: str) -> None:
    assert SMALL_TALK.judge(text).intent.label == intent


def test_there_are_examples_of_every_intent() -> None:
    assert {intent for intent, _ in _examples()} == set(Intent)


_OPENERS = st.sampled_from(["", "Hello, ", "this is useless! ", "ok thanks but ", "Hi there. "])
_ASKS = st.sampled_from(
    [
        *("I want to talk to", "can I speak with", "please connect me to", "let me chat with"),
        *("I need to speak to", "transfer me to", "could you put me through to", "get me"),
    ]
)
_KINDS = st.sampled_from(["a", "a real", "an actual", "some", "a live", "the", "another"])
_PERSONS = st.sampled_from(
    ["human", "person", "agent", "representative", "human being", "operator", "support agent"]
)
_ENDINGS = st.sampled_from(["", "!", " please", " now!!", " about my order", ", it is urgent"])


@pytest.mark.slow
@given(st.tuples(_OPENERS, _ASKS, _KINDS, _PERSONS, _ENDINGS), st.booleans())
def test_asking_for_a_person_is_always_heard(
    words: tuple[str, str, str, str, str], shouted: bool
) -> None:
    opener, ask, kind, person, ending = words
    text = f"{opener}{ask} {kind} {person}{ending}"
    text = text.upper() if shouted else text

    assert SMALL_TALK.judge(text).intent.label == Intent.PERSON


@given(
    st.sampled_from(["", "你好，", "这个机器人没用！", "谢谢，但是"]),
    st.sampled_from(["转", "我要", "请帮我转接", "我想找", "给我找个", "帮我叫一下", "换"]),
    st.sampled_from(["人工客服", "人工", "真人客服", "真人"]),
    st.sampled_from(["", "！", "吧", "，快点", "谢谢"]),
)
def test_asking_for_a_person_in_chinese_is_always_heard(
    opener: str, ask: str, person: str, ending: str
) -> None:
    assert SMALL_TALK.judge(f"{opener}{ask}{person}{ending}").intent.label == Intent.PERSON


@given(st.text(max_size=400))
def test_any_text_has_an_intent(text: str) -> None:
    assert SMALL_TALK.judge(text).intent.label in set(Intent)


def test_a_wish_at_the_end_of_a_long_complaint_is_heard() -> None:
    complaint = "My parcel did not come and I wrote three times. " * 200

    assert SMALL_TALK.judge(complaint + "Get me a human.").intent.label == Intent.PERSON


def test_a_long_text_is_folded_to_a_bounded_one() -> None:
    assert len(fold("a, " * 100_000)) < 4_500


@pytest.mark.parametrize(
    "text", ["yes", "Yes please!", "ok, thanks", "好的，谢谢", "ja bitte", "sí"]
)
def test_a_plain_yes_agrees(text: str) -> None:
    assert SMALL_TALK.agrees(text)


@pytest.mark.parametrize(
    "text", ["no", "no thanks", "yes but is it free?", "thanks", "", "不用了"]
)
def test_anything_else_does_not_agree(text: str) -> None:
    assert not SMALL_TALK.agrees(text)
