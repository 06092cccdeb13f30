"""Keeps of a model's summary the sentences whose numbers and names were said."""

import re
from collections.abc import Iterable

from core.memory.entities import entities, key
from core.memory.sentences import is_chinese, sentences
from core.nlu.words import is_telling, terms

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_WORDS = {
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10", "eleven": "11", "twelve": "12",
}  # fmt: skip
_CAPITAL = re.compile(r"[A-Z][\w'’-]*")
_SPEAKERS = frozenset({"customer", "customers", "assistant", "agent", "bot", "user", "client"})
_HAN_NUMBER = re.compile("[一二两三四五六七八九十百千万]+(?=[个件天元块次位台张条])")


def supported(text: str, said: Iterable[str]) -> str:
    """The sentences in which every number and every name stands in what was said.

    A name is a word with a capital, and in Chinese what the rules of facts call one. Words that
    begin a sentence count, too, unless they are among those that were said in any form.
    """
    ground = _Ground("\n".join(said))
    kept: list[str] = []
    for line in text.splitlines():
        holding = [sentence for sentence in sentences(line) if ground.carries(sentence)]
        if holding:
            kept.append(("" if is_chinese(line) else " ").join(holding))
    return "\n".join(kept)


class _Ground:
    """What was said, ready to be looked up."""

    def __init__(self, text: str) -> None:
        self._whole = key(text)
        self._numbers = set(_NUMBER.findall(text))
        self._words = set(re.findall(r"[a-z]+", text.lower()))
        self._terms = frozenset(terms(text))

    def carries(self, sentence: str) -> bool:
        numbers = set(_NUMBER.findall(sentence)) <= self._numbers
        spelled = all(map(self._has_number, re.findall(r"[a-z]+", sentence.lower())))
        chinese = all(one in self._whole for one in _HAN_NUMBER.findall(sentence))
        capitals = all(map(self._has_name, _CAPITAL.findall(sentence)))
        return numbers and spelled and chinese and capitals and self._has_entities(sentence)

    def _has_number(self, word: str) -> bool:
        return word not in _WORDS or word in self._words or _WORDS[word] in self._numbers

    def _has_name(self, word: str) -> bool:
        plain = word.lower().replace("’", "'")
        known = plain in _SPEAKERS or not is_telling(plain)
        return known or self._terms.issuperset(terms(word))

    def _has_entities(self, sentence: str) -> bool:
        """References and Chinese names, letter by letter."""
        return all(
            one.key in self._whole
            for one in entities(sentence)
            if one.kind == "reference" or (one.kind == "name" and is_chinese(one.text))
        )
