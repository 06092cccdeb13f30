"""Cuts text into terms that can be compared: stemmed words, and pairs of Chinese characters."""

import re
import unicodedata
from functools import lru_cache

import Stemmer

_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
"""Kana and Chinese characters: scripts without spaces between words."""
_RUNS = re.compile(
    rf"(?P<unspaced>[{_UNSPACED}]+)|[^\W_{_UNSPACED}]+(?:[.,'’][^\W_{_UNSPACED}]+)*"
)
_FUNCTION_WORDS = """
    a about after again all also am an and any are aren't as at be because been before being but by
    can can't could did didn't do does doesn't doing don't for from further had has have having he
    her here hers him his how how's i i'd i'll i'm i've if in into is isn't it it's its itself just
    let let's like may me might more most my no nor not now of off on once only or other our ours
    out over own please same shall she should so some such tell than that that's the their theirs
    them then there there's these they this those through to too under until up us very want was
    wasn't we were what what's when where where's which while who whom whose why will with won't
    would you you'd you'll you're your yours
"""
_ASKING = "什么 多少 怎么 怎样 哪里 哪个 哪些 哪年 如何 是否 是什 么时 时候 是谁 是多 是哪"
"""Pairs that only ask; Chinese puts them in the place of the answer."""
_LITTLE = frozenset(f"{_FUNCTION_WORDS} {_ASKING}".split())
_ENGLISH = Stemmer.Stemmer("english")


def terms(text: str) -> tuple[str, ...]:
    """All terms in order: words stemmed as English ones, overlapping pairs of unspaced characters.

    A number keeps its inner signs (`12.95`, `9.30`), a word with an apostrophe loses its ending.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    found: list[str] = []
    for run in _RUNS.finditer(folded):
        if run.lastgroup:
            found.extend(_pairs(run.group()))
        else:
            found.append(_stem(run.group()))
    return tuple(found)


def telling_terms(text: str) -> tuple[str, ...]:
    """The terms that say what a text is about: without function words and ways of asking.

    A text of nothing else keeps all its terms.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    found: list[str] = []
    for run in _RUNS.finditer(folded):
        if run.lastgroup:
            found.extend(pair for pair in _pairs(run.group()) if pair not in _LITTLE)
        elif run.group() not in _LITTLE:
            found.append(_stem(run.group()))
    return tuple(found) or terms(text)


def is_telling(word: str) -> bool:
    """Whether a word, in lower case, says what a text is about rather than binding others."""
    return word not in _LITTLE


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(max(len(run) - 1, 1))]


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    return str(_ENGLISH.stemWord(word.replace("’", "'").removesuffix("'s")))
