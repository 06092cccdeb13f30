"""How often Telegram may be called, by its own numbers, which are soft: a 429 has the last word.

Source: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this.
"""

from channels.limits import Rate
from channels.pacing import Limit

_WHOLE = Rate(per_second=25, burst=5)
"""Of 30 a second: no second sees more."""
_PRIVATE = Rate(per_second=1, burst=3)
_GROUP = Rate(per_second=0.25, burst=5)
"""Of 20 a minute, edits included: no minute sees more."""
_DRAFTS = Rate(per_second=2, burst=2)
"""Previews are not messages; this is as often as a reader can tell them apart."""

_TYPING = Rate(per_second=0.5, burst=1)


def whole(account: str) -> Limit:
    """Of everything that a bot calls."""
    return Limit(kind="telegram-bot", key=account, rate=_WHOLE)


def chat(account: str, chat: int) -> Limit:
    """Of what is sent to a chat, or changed in it; a number below zero is a group's."""
    if chat > 0:
        return Limit(kind="telegram-private", key=f"{account}:{chat}", rate=_PRIVATE)
    return Limit(kind="telegram-group", key=f"{account}:{chat}", rate=_GROUP)


def drafts(account: str, chat: int) -> Limit:
    """Of previews in a private chat."""
    return Limit(kind="telegram-draft", key=f"{account}:{chat}", rate=_DRAFTS)


def typing(account: str, chat: int) -> Limit:
    """Of signs that somebody writes, which last five seconds each."""
    return Limit(kind="telegram-typing", key=f"{account}:{chat}", rate=_TYPING)


def allowances(account: str, to: int) -> tuple[Limit, Limit]:
    """What one message takes of."""
    return chat(account, to), whole(account)
