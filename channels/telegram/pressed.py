"""Buttons under an answer: what they carry, and what pressing one means.

A button carries 64 bytes. Source: https://core.telegram.org/bots/api#inlinekeyboardbutton.
"""

import re
from uuid import UUID

from channels.ratings import Rating, Thumb
from core.domain.ids import TurnId

PERSON = "person"
"""The data of the button for a person."""
_THUMBS = {"u": Thumb.UP, "d": Thumb.DOWN}
REASONS = ("wrong", "out_of_date", "no_answer", "other")
"""Why an answer was no good, in the words that every page offers."""
_RATING = re.compile(
    rf"fb:(?P<turn>[0-9a-f-]{{32,36}}):(?P<thumb>[ud])(:(?P<reason>{'|'.join(REASONS)}))?"
)


def data_of(turn: TurnId, thumb: Thumb, reason: str = "") -> str:
    """What the button for a verdict carries."""
    parts = ("fb", turn.hex, "u" if thumb is Thumb.UP else "d", reason)
    return ":".join(part for part in parts if part)


def rating_of(data: str) -> Rating | None:
    """The verdict; None for anything that is none of our buttons'.

    Clients can be made to send any data: whose turn it is must be looked up.
    """
    found = _RATING.fullmatch(data)
    if found is None:
        return None
    try:
        turn = TurnId(UUID(found["turn"]))
    except ValueError:
        return None
    return Rating(turn=turn, thumb=_THUMBS[found["thumb"]], reason=found["reason"])
