"""Which scripts a text is written in, as far as search must know."""

import re
from dataclasses import dataclass

HAN = (
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0002a6df\U0002a700-\U0002ebef\U00030000-\U000323af"
)
"""Ranges of Chinese characters, for use inside a regular expression's brackets.

Source: Unicode Standard Annex 38, blocks of CJK ideographs.
"""
_HAN = re.compile(f"[{HAN}]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")


@dataclass(frozen=True, slots=True)
class Letters:
    """How many letters of a text belong to which script."""

    han: int
    latin: int
    total: int


def letters(text: str) -> Letters:
    """Count the letters; a Chinese character is a whole word, and counts as two."""
    han = len(_HAN.findall(text))
    latin = len(_LATIN.findall(text))
    others = sum(1 for character in text if character.isalpha()) - han - latin
    return Letters(han=2 * han, latin=latin, total=2 * han + latin + max(others, 0))


def is_chinese(text: str) -> bool:
    """Whether Chinese characters carry the text."""
    found = letters(text)
    return found.han > 0 and found.han >= found.total / 2
