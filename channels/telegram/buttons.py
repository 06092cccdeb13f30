"""The buttons below an answer: two thumbs and the way to a person, or the reasons."""

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from channels.ratings import Thumb
from channels.telegram.pressed import PERSON, REASONS, data_of
from channels.telegram.words import Words
from core.domain.ids import TurnId


def verdicts(turn: TurnId, words: Words) -> InlineKeyboardMarkup:
    """What every answer has."""
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(words.up, callback_data=data_of(turn, Thumb.UP)),
                InlineKeyboardButton(words.down, callback_data=data_of(turn, Thumb.DOWN)),
            ],
            [InlineKeyboardButton(words.person, callback_data=PERSON)],
        ]
    )


def reasons(turn: TurnId, words: Words) -> InlineKeyboardMarkup:
    """What an answer has after its thumb went down."""
    chips = [
        InlineKeyboardButton(said, callback_data=data_of(turn, Thumb.DOWN, reason))
        for said, reason in zip(words.reasons, REASONS, strict=True)
    ]
    return InlineKeyboardMarkup(
        [chips[:2], chips[2:], [InlineKeyboardButton(words.person, callback_data=PERSON)]]
    )
