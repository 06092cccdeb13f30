"""Lists of words, found in and masked out of texts."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

MASK = "[…]"
_NO_SPACES = "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]"
_UNSPACED = re.compile(_NO_SPACES)
_START = re.compile(rf"(?<!\w)(?=\w)|(?={_NO_SPACES})")
_LOOKED_AT = 80
"""Characters at the end of a text in which a word may have begun."""


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

    def may_begin(self, text: str) -> int:
        """Where, at the end of a text that goes on, one of the words may have begun.

        Returns:
            A place in the text; its length where none may.
        """
        for start in _START.finditer(text, max(len(text) - _LOOKED_AT, 0)):
            end = " ".join(_folded(f"{text[start.start() :]}|").split())[:-1]
            stems = _stems(self.words).get(end[:1], ())
            if any(stem.startswith(end) or _grows(end, stem) for stem in stems):
                return start.start()
        return len(text)


def _grows(end: str, stem: str) -> bool:
    """Whether a text ends with a word on this stem, which the next letter may belong to."""
    return end.startswith(stem) and end[len(stem) :].isalnum()


@lru_cache(maxsize=256)
def _stems(words: tuple[str, ...]) -> Mapping[str, Sequence[str]]:
    """By their first letters."""
    found: dict[str, list[str]] = {}
    for word in words:
        stem = _folded(word.removesuffix("*"))
        found.setdefault(stem[:1], []).append(stem)
    return found


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
