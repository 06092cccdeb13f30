"""What of a customer's words is about the matter: not politeness, not the wish for a person."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from core.domain.understanding import Intent
from core.nlu.emotion.named import without_feelings
from core.nlu.smalltalk import SmallTalk
from core.nlu.words import telling_terms

_LEAST = 3
"""Telling words of a sentence that says what a talk is about."""


def of_matter(said: Iterable[str]) -> list[str]:
    """Those of a customer's texts that are neither small talk nor only the wish for a person."""
    return [text for text in said if is_matter(text)]


def is_matter(text: str) -> bool:
    """Whether anything is said beside politeness and the wish for a person."""
    rules = _rules()
    intent = rules.judge(text).intent.label
    if intent in {Intent.PERSON, Intent.CANCEL_PERSON}:
        rest = rules.without_wishes(text)
        return bool(rest) and is_telling(rest) and is_matter(rest)
    return intent == Intent.QUESTION and bool(text.strip())


def wishes(text: str) -> bool:
    """Whether a text asks for a person."""
    return _rules().judge(text).intent.label == Intent.PERSON


def until_wish(said: Sequence[str]) -> Sequence[str]:
    """The texts up to the last one that asks for a person, with it; all where none does."""
    last = next((at for at in reversed(range(len(said))) if wishes(said[at])), len(said) - 1)
    return said[: last + 1]


def is_telling(sentence: str) -> bool:
    """Whether a sentence has enough words of a matter, feelings not counted."""
    return len(telling_terms(without_feelings(sentence))) >= _LEAST


@lru_cache(maxsize=1)
def _rules() -> SmallTalk:
    return SmallTalk.load()
