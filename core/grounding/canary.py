"""A word that stands in the rules and must never be seen: where it shows, the rules are leaking.

The canary is told in any case and spacing, in parts, shifted (rot13 and every other step),
mirrored, backwards, and inside base64, base32 and hex. What replaces letters by a key of its own
is not told, nor is a rule said in other words; runs of the rules' own words are.
"""

import base64
import codecs
import re
import secrets
import string
import unicodedata
from collections import deque
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Self

_LETTERS = "bcdfghjklmnpqrstvwxz"
"""No vowels: no word of a language looks like it, and to star them out changes nothing."""
_MIRROR = str.maketrans(string.ascii_lowercase, string.ascii_lowercase[::-1])
_LENGTH = 16
_PART = 8
"""Letters of it in a row that give it away."""
_RUN = 9
"""Words of the rules in a row that give them away."""
_LAYOUT = dict.fromkeys(map(ord, " \t\r\n|`-:"))
_WORD = re.compile(r"[^\W_]+")
_TAIL = 64
"""Characters that a code may be spread over, white space aside."""


class Canary:
    """One process' canary, and the rules it stands in."""

    def __init__(self, word: str) -> None:
        """`word` is of consonants, at least eight.

        Raises:
            ValueError: it is shorter, or has other letters.
        """
        if len(word) < _PART or set(word) - set(_LETTERS):
            raise ValueError("a canary has at least eight letters, and no vowels")
        self.word = word
        mirrored = word.translate(_MIRROR)
        steps = [_steps(one) for one in (word, word[::-1], mirrored, mirrored[::-1])]
        self.parts = frozenset(
            one[at : at + _PART - 1] for one in steps for at in range(len(one) - _PART + 2)
        )
        self.starts = frozenset(part[:length] for part in self.parts for length in range(1, _PART))
        self.codes = frozenset(_codes(word)) | frozenset(_codes(word.upper()))
        self.code_starts = frozenset(c[:n] for c in self.codes for n in range(4, len(c)))
        self.longest = max(map(len, self.codes))

    @classmethod
    def fresh(cls) -> Self:
        """Another one each time."""
        return cls("".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)))

    @property
    def sentence(self) -> str:
        """As it stands in the rules."""
        return f"Their mark, which is secret: {self.word}."

    def is_in(self, text: str) -> bool:
        """Whether the text gives it away."""
        steps, compact = _steps([letter for _, letter in _letters(text)]), _compact(text)
        shifted = any(steps[at : at + _PART - 1] in self.parts for at in range(len(steps)))
        return shifted or any(code in compact for code in self.codes)


class Watch:
    """Looks out for the canary, and for the rules' own words, in an answer that grows."""

    def __init__(self, canary: Canary, rules: str = "") -> None:
        self._canary = canary
        words = _words(rules)
        self._runs = {tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1)}
        self._starts = {run[:length] for run in self._runs for length in range(1, _RUN)}
        self._text = ""
        self._letters: deque[tuple[int, str]] = deque(maxlen=2 * _PART)
        self._leaks = False

    def feed(self, piece: str) -> bool:
        """Whether the answer so far gives something away; once it does, it does for ever."""
        begun = len(self._text)
        self._text += piece
        for at, letter in _letters(piece):
            self._letters.append((begun + at, letter))
            steps = _steps([letter for _, letter in self._letters][-_PART:])
            self._leaks = self._leaks or steps in self._canary.parts
        near = max(begun - 4 * _TAIL, 0)
        compact = _compact(self._text[near:])
        self._leaks = self._leaks or any(code in compact for code in self._canary.codes)
        words, fresh = _words(self._text[near:]), len(_words(piece)) + 1
        ends = range(max(len(words) - fresh, _RUN - 1), len(words))
        runs = (tuple(words[end + 1 - _RUN : end + 1]) for end in ends)
        self._leaks = self._leaks or any(run in self._runs for run in runs)
        return self._leaks

    @property
    def clear(self) -> int:
        """Up to where the answer may be shown: what follows may still become a leak."""
        return min(self._clear_of_letters(), self._clear_of_codes(), self._clear_of_words())

    def _clear_of_letters(self) -> int:
        letters = list(self._letters)[-_PART:]
        steps = _steps([letter for _, letter in letters])
        for at in range(len(steps)):
            if steps[at:] in self._canary.starts:
                return letters[at][0]
        return letters[-1][0] if letters else len(self._text)

    def _clear_of_codes(self) -> int:
        compact = _compact(self._text[-_TAIL:])
        for length in range(min(len(compact), self._canary.longest), 3, -1):
            if compact[-length:] in self._canary.code_starts:
                return len(self._text) - _spread(self._text[-_TAIL:], length)
        return len(self._text)

    def _clear_of_words(self) -> int:
        tail = self._text[-4 * _TAIL :]
        words = _words(tail)[-_RUN:]
        for at in range(len(words)):
            # the last word may be the beginning of one
            if tuple(words[at:]) in self._starts or tuple(words[at:-1]) in self._starts:
                places = [found.start() for found in _WORD.finditer(tail)]
                return len(self._text) - len(tail) + places[at - len(words)]
        return len(self._text)


def _letters(text: str) -> Iterable[tuple[int, str]]:
    """The letters from a to z, whatever form they have, with their places."""
    for at, character in enumerate(text):
        if character in string.ascii_lowercase:
            yield at, character
        elif character.isalpha():
            for letter in unicodedata.normalize("NFKD", character).casefold():
                if letter in string.ascii_lowercase:
                    yield at, letter


def _steps(letters: Sequence[str]) -> str:
    """From each letter to the next, around the alphabet: the same for every shift of them."""
    return "".join(string.ascii_lowercase[(ord(b) - ord(a)) % 26] for a, b in pairwise(letters))


def _codes(word: str) -> Iterable[str]:
    """What base64, base32 and hex make of it wherever it stands in a text."""
    plain = word.encode()
    for padding in range(3):
        code = base64.b64encode(b"\0" * padding + plain).decode().rstrip("=")
        yield code[-(-padding * 8 // 6) : -1]
    for padding in range(5):
        code = base64.b32encode(b"\0" * padding + plain).decode().rstrip("=")
        yield code[-(-padding * 8 // 5) : -1]
    yield from (plain.hex(), plain.hex().upper(), codecs.encode(word, "rot13").encode().hex())


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _compact(text: str) -> str:
    """The text without white space and marks of layout."""
    return text.translate(_LAYOUT)


def _spread(text: str, length: int) -> int:
    """Over how many characters the last `length` ones of the compact text are spread."""
    left = length
    for back, one in enumerate(reversed(text), start=1):
        left -= bool(_compact(one))
        if not left:
            return back
    return len(text)
