"""What comes too late at the console; the tree of all is in core/domain/errors.py.

MoveRefused
├── Taken      another agent has it; the sentence says who, and since when
├── MovedOn    the conversation is not as the page saw it
└── FileGone   a file that is to be sent is not there
RefusedError
└── CannedRefused   a canned reply cannot be so
"""

from core.domain.errors import RefusedError
from handoff.errors import MoveRefused

_MINUTE = 60
_HOUR = 3_600


class Taken(MoveRefused):
    """Another agent has it."""

    def __init__(self, name: str, ago_s: float) -> None:
        super().__init__(f"{name or 'Another agent'} took this {_ago(ago_s)} ago.")


class MovedOn(MoveRefused):
    """The conversation has moved on; look again."""


class FileGone(MoveRefused):
    """A file that is to be sent was sent before, or taken away."""

    def __init__(self) -> None:
        super().__init__("A file is not there any more; add it again.")


class CannedRefused(RefusedError):
    """A canned reply with this shortcut is there already."""


def _ago(seconds: float) -> str:
    if seconds < _MINUTE:
        return f"{max(1, round(seconds))} s"
    if seconds < _HOUR:
        return f"{round(seconds / _MINUTE)} min"
    return f"{round(seconds / _HOUR)} h"
