"""Things that a customer will ask about again: planted in talks by a seeded generator.

Every kind has four wordings. Three are for tuning. The fourth, for reporting, was written when the
rules stood, and they were not changed after it was measured. A probe is answered when its answer
stands there, letter by letter but for spaces and case.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from core.domain.messages import Author
from tests.bench.memory.chinese import CHINESE
from tests.bench.memory.english import ENGLISH

Split = Literal["tuning", "reporting"]
_SORTS = {
    "en": (ENGLISH, "Thank you, I have noted that."),
    "zh": (CHINESE, "好的，已经记下了。"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """One thing said, and how it is asked about later."""

    kind: str
    author: Author
    text: str
    probe: str
    answer: str
    reply: str
    """What the bot says to a customer's words."""


def planted(chance: random.Random, split: Split, language: str = "en") -> Iterator[Planted]:
    """One of each kind, in an order of chance."""
    sorts, reply = _SORTS[language]
    for sort in chance.sample(sorts, len(sorts)):
        answer = sort.value(chance)
        wording = sort.wordings[3] if split == "reporting" else chance.choice(sort.wordings[:3])
        yield Planted(
            kind=sort.kind,
            author=sort.author,
            text=wording.replace("@", answer),
            probe=sort.probe,
            answer=answer,
            reply=sort.reply or reply,
        )
