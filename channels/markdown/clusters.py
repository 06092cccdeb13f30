"""Where a text may be cut: between words, else between what a reader sees as characters."""

import re
import unicodedata
from collections.abc import Iterator

_FURTHEST = 64
"""Characters that are looked back for the end of a cluster; heaps of marks are longer."""
# Chinese and Japanese have no spaces: what follows punctuation begins a word there.
STOPS = "、，；：。！？…"
_WORDS = re.compile(
    rf"[^\s{STOPS}]*[{STOPS}]+[」』）】》”’]*\s*|[^\s{STOPS}]+\s*|\s+"
)  # fmt: skip
_EXTENDING = re.compile(
    "[\u200c\u200d\u0e33\u0eb3\uff9e\uff9f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
)
_PREPENDED = re.compile("[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u0d4e\U000110bd\U000110cd]")
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]")
_LEADING = re.compile("[\u1100-\u115f\ua960-\ua97c]")
_FOLLOWING = re.compile("[\u1160-\u11ff\ud7b0-\ud7c6\ud7cb-\ud7fb]")
_HANGUL = re.compile("[\u1100-\u11ff\ua960-\ua97c\uac00-\ud7c6\ud7cb-\ud7fb]")
_VIRAMA = 9  # the combining class that joins consonants into one letter


def words(text: str, longest: int) -> Iterator[str]:
    """The text in words with the space behind them, longer ones in pieces of `longest`."""
    for found in _WORDS.finditer(text):
        word = found[0]
        if len(word) <= longest:
            yield word
        else:
            yield from _pieces(word, longest)


def shortened(text: str, longest: int) -> str:
    """The text, or its beginning and an ellipsis."""
    if len(text) <= longest:
        return text
    return f"{text[: _end(text, 0, longest - 1)].rstrip()}…"


def _pieces(word: str, longest: int) -> Iterator[str]:
    at = 0
    while len(word) - at > longest:
        end = _end(word, at, at + longest)
        yield word[at:end]
        at = end
    yield word[at:]


def _end(text: str, start: int, end: int) -> int:
    """The last place up to `end` where no cluster is cut, if there is one near."""
    for at in range(end, max(start, end - _FURTHEST), -1):
        if separable(text, at):
            return at
    return end


def separable(text: str, at: int) -> bool:
    """True when what stands before and after this place are two characters to a reader.

    It never says so within a cluster of https://www.unicode.org/reports/tr29/, and sometimes does
    not say so between two.
    """
    before, after = text[at - 1], text[at]
    if before == "\r" and after == "\n":
        return False
    if unicodedata.category(after)[0] == "M" or _EXTENDING.match(after):
        return False
    if before == "\u200d" or _PREPENDED.match(before) or unicodedata.combining(before) == _VIRAMA:
        return False
    if _FLAG.match(before) and _FLAG.match(after):
        return _flags_before(text, at) % 2 == 0
    return not (_is_syllable(before, after))


def _flags_before(text: str, at: int) -> int:
    count = 0
    while count < at and count < _FURTHEST and _FLAG.match(text[at - 1 - count]):
        count += 1
    return count


def _is_syllable(before: str, after: str) -> bool:
    """True within a syllable that is written as its letters."""
    if _FOLLOWING.match(after):
        return bool(_HANGUL.match(before))
    return bool(_LEADING.match(before) and _HANGUL.match(after))
