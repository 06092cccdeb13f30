"""Hides words in a text that comes in pieces, so that none of them is seen for a moment."""

from collections.abc import Sequence

from core.policy.words import WordList

_LONGEST = 200
"""Characters that are held back at most: what is longer has no words."""


class Masking:
    """Lets pieces out as they come, but for an end with which a word of the lists may begin."""

    def __init__(self, lists: Sequence[WordList]) -> None:
        self._lists = lists
        self._last = ""
        self._held = ""

    def take(self, piece: str) -> str:
        """What of the text so far may be seen now, and was not yet."""
        if not self._lists:
            return piece
        self._held += piece
        text = self._last + self._held
        begins = min(words.may_begin(text) for words in self._lists) - len(self._last)
        return self._let_out(max(begins, len(self._held) - _LONGEST))

    def rest(self) -> str:
        """What was held back, when the text has ended."""
        return self._let_out(len(self._held))

    def _let_out(self, end: int) -> str:
        # the letter before tells whether a word begins here, or goes on
        seen = self._last + self._held[:end]
        hidden = seen
        for words in self._lists:
            hidden = words.masked(hidden)
        hidden = hidden[len(self._last) :]
        self._last, self._held = seen[-1:], self._held[end:]
        return hidden
