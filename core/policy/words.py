"""Lists of words, found in and masked out of texts."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

MASK = "[…]"
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class WordList:
    """Words and phrases under one name.

    A Latin word is found whole, with `*` at its end also as the beginning of one; Chinese,
    which has no spaces, is found anywhere. Case, full-width letters, invisible characters and
    the number of spaces do not matter.
    """

    name: str
    words: tuple[str, ...]

    def found(self, text: str) -> tuple[str, ...]:
        """The words that the text has, folded, each once, in its order."""
        hits = (hit.group() for hit in _pattern(self.words).finditer(_folded(text)))
        return tuple(dict.fromkeys(hits))

    def masked(self, text: str) -> str:
        """The text with each of the words hidden; afterwards none of them is found."""
        pattern = _pattern(self.words)
        hidden = pattern.sub(MASK, text)
        if pattern.search(_folded(hidden)):
            return pattern.sub(MASK, _visible(hidden))
        return hidden


@lru_cache(maxsize=256)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    # longer ones first, so that a phrase wins over a word in it
    ordered = sorted({_folded(word) for word in words}, key=len, reverse=True)
    return re.compile("|".join(map(_one, ordered)), re.IGNORECASE)


def _one(word: str) -> str:
    stem = word.removesuffix("*")
    body = r"\s+".join(re.escape(part) for part in stem.split())
    if _UNSPACED.search(stem):
        return body
    return rf"(?<!\w){body}\w*" if word.endswith("*") else rf"(?<!\w){body}(?!\w)"


def _visible(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).replace("’", "'")
    return "".join(letter for letter in plain if unicodedata.category(letter) != "Cf")


def _folded(text: str) -> str:
    return _visible(text).casefold()
