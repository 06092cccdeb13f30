"""What a hook may return; anything else counts as its failure, and nothing changes."""

import re
from collections.abc import Sequence

from core.domain.grounds import Ground

MOST_CHARACTERS = 20_000
MOST_GROUNDS = 20
_CITATION = re.compile(r"\[(\d{1,3})\]")
_MARKUP = re.compile(r"[*_`~]+")


class HookRefused(Exception):
    """What the hook returned is not what it may return."""


def texts(returned: object, before: Sequence[str]) -> tuple[str, ...]:
    """A text for each message.

    Raises:
        HookRefused: fewer, more, something else, or nothing in the place of words.
    """
    if not isinstance(returned, list | tuple) or len(returned) != len(before):
        raise HookRefused
    found = tuple(_text(one) for one in returned)
    if any(was.strip() and not now.strip() for was, now in zip(before, found, strict=True)):
        raise HookRefused
    return found


def grounds(returned: object) -> tuple[Ground, ...]:
    """Grounds with something in them.

    Raises:
        HookRefused: too many, too much, or something else.
    """
    if not isinstance(returned, list | tuple) or len(returned) > MOST_GROUNDS:
        raise HookRefused
    found = tuple(one for one in returned if isinstance(one, Ground) and one.lines)
    if len(found) != len(returned):
        raise HookRefused
    _text("".join(_text(line) for one in found for line in one.lines))
    return found


def answer(returned: object, before: str, *, rewrites: bool) -> str:
    """An answer that rests on what the one before rests on.

    Args:
        returned: what the hook made of it.
        before: the answer that it was given.
        rewrites: whether words that a citation covers may be others.

    Raises:
        HookRefused: empty, too long, other citations in it, or other words before one of them.
    """
    text = _text(returned)
    if not text.strip() or _CITATION.findall(text) != _CITATION.findall(before):
        raise HookRefused
    if not rewrites:
        pairs = zip(_covered(before), _covered(text), strict=True)
        if not all(was in now for was, now in pairs):
            raise HookRefused
    return text


def _covered(text: str) -> list[str]:
    """The words before each citation and behind the last, without markup."""
    return [" ".join(_MARKUP.sub("", part).split()) for part in _CITATION.split(text)[::2]]


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > MOST_CHARACTERS:
        raise HookRefused
    return value
