"""What Telegram's refusals mean for a message.

Source of the texts: https://github.com/tdlib/telegram-bot-api, telegram-bot-api/Client.cpp.
"""

from enum import Enum, auto

from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    TelegramError,
)

from channels.outgoing import CustomerGone
from channels.telegram.wire import SlowDown, Unreached
from core.domain.errors import (
    DeliveryDelayed,
    DeliveryRefused,
    DeliveryUnknown,
    SwitchboardError,
)

_TOKEN_S = 60.0
"""How long to wait for an operator who gives a new token."""
_CONNECT_S = 1.0


class Refusal(Enum):
    """What a request was refused for."""

    SAME = auto()
    """The message reads so already."""
    FORM = auto()
    """The marks in it cannot be read."""
    NOT_THERE = auto()
    """The message that was to be edited is gone."""
    GONE = auto()
    """The customer, the chat or the topic cannot be reached."""
    OTHER = auto()


_SAID = (
    ("message is not modified", Refusal.SAME),
    ("can't parse entities", Refusal.FORM),
    ("message to edit not found", Refusal.NOT_THERE),
    ("message can't be edited", Refusal.NOT_THERE),
    ("message to delete not found", Refusal.NOT_THERE),
    ("message can't be deleted", Refusal.NOT_THERE),
    ("message_id_invalid", Refusal.NOT_THERE),
    ("chat not found", Refusal.GONE),
    ("user not found", Refusal.GONE),
    ("peer_id_invalid", Refusal.GONE),
    ("message thread not found", Refusal.GONE),
    ("topic_deleted", Refusal.GONE),
    ("topic_closed", Refusal.GONE),
    ("business_connection_invalid", Refusal.GONE),
    ("business connection not found", Refusal.GONE),
    ("business_peer_invalid", Refusal.GONE),
    ("chat_write_forbidden", Refusal.GONE),
    ("have no rights to send", Refusal.GONE),
    ("not enough rights to send", Refusal.GONE),
    ("group chat was deactivated", Refusal.GONE),
)


def refusal(failure: TelegramError) -> Refusal | None:
    """What the request was refused for; None when it was not refused for what it says."""
    if isinstance(failure, Forbidden):
        return Refusal.GONE
    if not isinstance(failure, BadRequest):
        return None
    words = failure.message.lower()
    return next((kind for said, kind in _SAID if said in words), Refusal.OTHER)


def outcome(failure: TelegramError) -> SwitchboardError:
    """What is to be raised for a message that could not be sent."""
    if isinstance(failure, SlowDown):
        return DeliveryDelayed(failure.wait_s)
    if isinstance(failure, Unreached):
        return DeliveryDelayed(_CONNECT_S)
    if isinstance(failure, InvalidToken | Conflict):
        return DeliveryDelayed(_TOKEN_S)
    match refusal(failure):
        case None:
            return DeliveryUnknown()
        case Refusal.GONE:
            return CustomerGone()
        case _:
            return DeliveryRefused()
