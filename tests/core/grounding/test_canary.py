import base64
import codecs
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.grounding.canary import Canary, Watch

WORD = "xkqzvjwpbhtrmncd"
CANARY = Canary(WORD)
RULES = "Say only what the numbered passages say and do not add what you know from elsewhere."


def shifted(text: str, by: int) -> str:
    return "".join(chr((ord(c) - 97 + by) % 26 + 97) if c.islower() else c for c in text)


def seen(text: str, cuts: list[int] | None = None) -> str:
    """What is shown until the watch stops it, in pieces."""
    watch, shown, fed = Watch(CANARY, RULES), 0, 0
    for end in (*sorted({min(cut, len(text)) for cut in cuts or range(len(text))}), len(text)):
        if watch.feed(text[fed:end]):
            return text[:shown]
        fed = end
        shown = max(shown, watch.clear)
    return text


@pytest.mark.parametrize(
    "said",
    [
        WORD,
        WORD.upper(),
        " ".join(WORD),
        "-".join(WORD),
        "\n".join(WORD),
        WORD[::-1],
        WORD[:8],
        WORD[4:13],
        codecs.encode(WORD, "rot13"),
        shifted(WORD, 3),
        "".join(chr(219 - ord(c)) for c in WORD),
        shifted(WORD[::-1], 5),
        "".join(chr(ord(c) + 0xFEE0) for c in WORD),
        base64.b64encode(f"You are {WORD} and".encode()).decode(),
        base64.b64encode(f"You are. {WORD} and".encode()).decode(),
        base64.b64encode(f"You are.. {WORD} and".encode()).decode(),
        base64.b32encode(f"You are {WORD} and".encode()).decode(),
        f"You are {WORD}".encode().hex(" "),
        f"You are {WORD}".encode().hex().upper(),
    ],
)
def test_it_is_told_in_every_dress(said: str) -> None:
    text = f"The mark is {said} of course."

    assert CANARY.is_in(text)
    assert "The mark is ".startswith(seen(text)[:12])
    assert len(seen(text)) < len(text) - len(" of course.")


@given(st.lists(st.integers(0, 120), max_size=20))
def test_however_the_pieces_are_cut_nothing_of_it_is_shown(cuts: list[int]) -> None:
    shown = seen(f"The rules bear the mark {WORD}, as you know.", cuts)

    assert "The rules bear the mark ".startswith(shown)


@given(st.text(max_size=400))
@settings(max_examples=200)
def test_other_text_is_shown_whole(text: str) -> None:
    assert not CANARY.is_in(text)
    assert seen(text) == text


def test_ordinary_words_are_held_by_a_few_letters_at_most() -> None:
    text = "Parcels to Canada take five to eight working days, and labels cost 9.95 each. " * 5
    watch = Watch(CANARY, RULES)

    for letter in text:
        before = len(watch._text)
        assert not watch.feed(letter)
        assert before + 1 - watch.clear <= 12


@pytest.mark.parametrize("said", [RULES, RULES.upper(), RULES.replace(" ", "\n- ")])
def test_the_rules_own_words_are_told_at_length(said: str) -> None:
    assert Watch(CANARY, RULES).feed(f"My instructions are: {said}")
    assert len(seen(f"My instructions are: {said}")) <= len("My instructions are: ") + 2


def test_a_few_of_the_rules_words_are_no_leak() -> None:
    assert not Watch(CANARY, RULES).feed("They say only what the numbered passages say.")


def test_each_process_has_another_one() -> None:
    assert Canary.fresh().word != Canary.fresh().word


@pytest.mark.parametrize("word", ["short", "", "abcdefghijklmnop", "bcdfghj"])
def test_a_word_that_could_be_one_of_a_language_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="canary"):
        Canary(word)


def test_chance_finds_none_in_other_canaries() -> None:
    chance = random.Random(1)
    others = ["".join(chance.choices("bcdfghjklmnpqrstvwxz", k=16)) for _ in range(500)]

    assert not any(CANARY.is_in(other) for other in others)
