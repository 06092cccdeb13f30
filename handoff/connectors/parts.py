"""What connectors share: their secrets, and the mark on what we wrote ourselves."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from handoff.connectors.contract import Answer, Note

_MARK = re.compile(r"\[?sb-[0-9a-f]{8}-[0-9a-f-]{27}\]?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """Of one connector; they lie in the database encrypted."""

    token: str = field(repr=False)
    """What we come in with there; a webhook's requests are signed with it."""
    hook: str = field(repr=False)
    """What its calls to us are signed with."""


def marked(note: Note) -> str:
    """The note's text with its marker behind it."""
    return f"{note.text}\n\n[{note.marker}]"


def unmarked(every: Iterable[Answer]) -> tuple[Answer, ...]:
    """Those that are not ours, the oldest first; an empty one says nothing."""
    others = [one for one in every if one.text.strip() and not _MARK.search(one.text)]
    return tuple(sorted(others, key=lambda one: one.at))
