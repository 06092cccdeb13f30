"""Buttons under an answer: what they carry, and what pressing one means.

A button carries 64 bytes. Source: https://core.telegram.org/bots/api#inlinekeyboardbutton.
"""

import re
from uuid import UUID

from channels.ratings import TALK_REASONS, Rating, TalkRating, Thumb
from core.domain.ids import HandoffId, TurnId

PERSON = "person"
"""The data of the button for a person."""
_THUMBS = {"u": Thumb.UP, "d": Thumb.DOWN}
REASONS = ("wrong", "out_of_date", "no_answer", "other")
"""Why an answer was no good, in the words that every page offers."""
_RATING = re.compile(
    rf"fb:(?P<turn>[0-9a-f-]{{32,36}}):(?P<thumb>[ud])(:(?P<reason>{'|'.join(REASONS)}))?"
)

_TALK = re.compile(
    rf"tr:(?P<handoff>[0-9a-f]{{32}}):(?P<thumb>[ud]):(?P<reason>{'|'.join(TALK_REASONS)}|)"
    r":(?P<language>[a-z]{2})"
)
_BOT = re.compile(r"bi:(?P<handoff>[0-9a-f]{32}):(?P<language>[a-z]{2})")


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


def talk_data_of(handoff: HandoffId, thumb: Thumb, language: str, reason: str = "") -> str:
    """What a button below the end of a talk carries; `language` is that of the words there."""
    return f"tr:{handoff.hex}:{'u' if thumb is Thumb.UP else 'd'}:{reason}:{language}"


def bot_data_of(handoff: HandoffId, language: str) -> str:
    """What the button below a promise carries."""
    return f"bi:{handoff.hex}:{language}"


def talk_rating_of(data: str) -> TalkRating | None:
    """The verdict on a talk; None for any other button."""
    found = _TALK.fullmatch(data)
    if found is None:
        return None
    return TalkRating(
        handoff=HandoffId(UUID(found["handoff"])),
        thumb=_THUMBS[found["thumb"]],
        reason=found["reason"] or None,
    )


def bot_wanted_of(data: str) -> HandoffId | None:
    """Which request is to be taken back; None for any other button."""
    found = _BOT.fullmatch(data)
    return None if found is None else HandoffId(UUID(found["handoff"]))


def language_of(data: str) -> str:
    """Of the words that stand on these buttons; empty where the data does not say."""
    found = _TALK.fullmatch(data) or _BOT.fullmatch(data)
    return found["language"] if found else ""
