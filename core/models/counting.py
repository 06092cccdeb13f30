"""Counts tokens: by estimate, for whoever has no better way."""

import math
import re
from collections.abc import Iterable

from core.models.ports import Count, Talk

_HAN = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_PIECES = re.compile(r"[0-9!-/:-@\[-`{-~]")
"""Digits and signs, which tokenizers keep in small pieces."""
_PER_HAN, _PER_PIECE, _PER_OTHER, _PER_LETTER = 1.5, 0.5, 0.6, 1 / 3.5
"""Tokens; the others are letters outside of ASCII: Cyrillic, Arabic, Thai, accents."""
_FAR = 2
"""So many times longer than estimated no talk is; and servers say it, if one is."""
_PER_PART = 8
"""What a model's template puts around each part of a talk."""


def tokens(text: str) -> int:
    """An estimate on the safe side, by kinds of characters: in English 3.5 of them a token."""
    pieces = len(_PIECES.findall(text))
    foreign = 0 if text.isascii() else len(text) - len(text.encode("ascii", "ignore"))
    han = len(_HAN.findall(text)) if foreign else 0
    letters = len(text) - pieces - foreign
    return math.ceil(
        han * _PER_HAN + pieces * _PER_PIECE + (foreign - han) * _PER_OTHER + letters * _PER_LETTER
    )


def length(talk: Talk, count: Count = tokens) -> int:
    """The tokens of a talk, with what a template puts around its parts."""
    return sum(count(said.text) + _PER_PART for said in talk)


def fits(talk: Talk, count: Count, room: int) -> bool:
    """Whether a talk is no longer than that; exactly counted only where it may matter."""
    return _FAR * length(talk) <= room or length(talk, count) <= room


def largest(counts: Iterable[Count]) -> Count:
    """What counts no less than any of these."""
    first, *others = set(counts)
    return (lambda text: max(count(text) for count in (first, *others))) if others else first
