"""Feelings by the words that name them: for languages without a trained head.

No Chinese set with emotions was at hand to measure or calibrate this on. So its chances are
few and low: one word is weak evidence, three are all it ever gets.
"""

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from core.nlu.emotion.feelings import EMOTIONS, FRUSTRATED, Feelings

_BY_HITS = (0.05, 0.5, 0.65, 0.75)
_CALM = 0.6
_REST = 0.9


class Lexicon:
    """Words, the feeling that each gives away, and what takes it back."""

    def __init__(self, words: Mapping[str, Sequence[str]], negations: Sequence[str]) -> None:
        self._feeling = {word: feeling for feeling, own in words.items() for word in own}
        known = "|".join(map(re.escape, sorted(self._feeling, key=len, reverse=True)))
        not_ = "|".join(map(re.escape, sorted(negations, key=len, reverse=True)))
        # a word that holds a negation, like `不满意`, is tried first, with none before it
        self._found = re.compile(f"(?P<word>{known})|(?:{not_})(?:那么|很|太|再|的)?(?:{known})")

    @classmethod
    def chinese(cls) -> Self:
        """The one beside this module."""
        data = tomllib.loads(Path(__file__).with_name("chinese.toml").read_text("utf-8"))
        return cls(data["words"], data["negations"])

    def feel(self, text: str) -> Feelings:
        """The feelings that the text names."""
        folded = unicodedata.normalize("NFKC", text)
        found = (one["word"] for one in self._found.finditer(folded))
        hits = Counter(self._feeling[word] for word in found if word)
        chances = {
            feeling: _BY_HITS[min(hits[feeling], len(_BY_HITS) - 1)] for feeling in EMOTIONS
        }
        chances["neutral"] = _REST - max(chances.values()) if hits else _CALM
        return Feelings(
            chances=tuple(chances[feeling] for feeling in EMOTIONS),
            frustrated=max(chances[feeling] for feeling in FRUSTRATED),
        )
