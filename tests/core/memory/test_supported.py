"""Of a model's summary only that stays whose numbers and names were said."""

import pytest

from core.memory.supported import supported

SAID = (
    "My order A-1234 with three chairs came on 3 March.",
    "I am Petra Kowalski from Leeds, and I paid 45.20 euros.",
    "我叫王小明，订了两件衬衫，付了299元。",
)


@pytest.mark.parametrize(
    "sentence",
    [
        "The customer ordered 3 chairs.",
        "Three chairs came.",
        "Petra Kowalski paid 45.20 euros for order A-1234.",
        "Ordered chairs have come to Leeds.",
        "客户王小明订了两件衬衫。",
    ],
)
def test_what_was_said_stays(sentence: str) -> None:
    assert supported(sentence, SAID) == sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "The customer ordered 4 chairs.",
        "The customer ordered four chairs.",
        "Petra Smith paid.",
        "She paid on 4 March.",
        "The order is A-12345.",
        "The customer paid 45.2 euros.",
        "London is where she lives.",
        "客户订了五件衬衫。",
        "客户付了300元。",
    ],
)
def test_what_nobody_said_goes(sentence: str) -> None:
    assert supported(sentence, SAID) == ""


def test_the_other_sentences_stay_in_their_lines() -> None:
    text = "The chairs came. They cost 99 euros. The customer is Petra.\n4 left.\nGood."

    assert supported(text, SAID) == "The chairs came. The customer is Petra."
