"""Which words are for colleagues only: those behind the mark. In doubt, words are a note."""

import unicodedata

_WIDE = str.maketrans({"\u2215": "/", "\u2044": "/"})
_UNSEEN = {"Cf", "Zs", "Cc"}
_QUOTES = frozenset("\"'`\u201c\u201d\u2018\u2019*_~>\u2022")
"""What a chat may put before the first word, or somebody by a slip."""


def is_note(text: str, mark: str) -> bool:
    """Whether it begins with the mark, as a person would say.

    Space, unseen characters, quotes and emphasis before it do not count, nor does the width of its
    characters: what is wrongly kept back can be said again, what went out cannot be taken back.
    """
    return bool(mark) and _plain(text).startswith(_plain(mark, trim=False))


def without_mark(text: str, mark: str) -> str:
    """The words of a note."""
    stripped = text.strip()
    return stripped.removeprefix(mark).strip() or stripped


def _plain(text: str, *, trim: bool = True) -> str:
    shown = unicodedata.normalize("NFKC", text).translate(_WIDE).casefold()
    start = 0
    while trim and start < len(shown) and _is_dress(shown[start]):
        start += 1
    return shown[start:]


def _is_dress(character: str) -> bool:
    return character in _QUOTES or unicodedata.category(character) in _UNSEEN
