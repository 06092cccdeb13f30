"""The buttons below an answer: two thumbs and the way to a person, or the reasons."""

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from channels.ratings import TALK_REASONS, Thumb
from channels.telegram.pressed import PERSON, REASONS, bot_data_of, data_of, talk_data_of
from channels.telegram.words import Words
from core.domain.ids import HandoffId, TurnId
from core.domain.messages import Author, BotInstead, HowWasIt, Message

NOTHING = InlineKeyboardMarkup([])


def below(message: Message, words: Words) -> InlineKeyboardMarkup | None:
    """What can be pressed below a message; most of the system's have nothing."""
    match message.choice:
        case BotInstead(handoff):
            data = bot_data_of(handoff, words.language)
            return InlineKeyboardMarkup([[InlineKeyboardButton(words.bot, callback_data=data)]])
        case HowWasIt(handoff):
            return talk_verdicts(handoff, words)
        case None if message.author is Author.BOT and message.turn is not None:
            return verdicts(message.turn, words)
        case None:
            return None


def talk_verdicts(handoff: HandoffId, words: Words) -> InlineKeyboardMarkup:
    """What the question has how a talk was."""
    thumbs = [
        InlineKeyboardButton(said, callback_data=talk_data_of(handoff, thumb, words.language))
        for said, thumb in ((words.up, Thumb.UP), (words.down, Thumb.DOWN))
    ]
    return InlineKeyboardMarkup([thumbs])


def talk_reasons(handoff: HandoffId, words: Words) -> InlineKeyboardMarkup:
    """What it has after its thumb went down."""
    chips = [
        InlineKeyboardButton(
            said, callback_data=talk_data_of(handoff, Thumb.DOWN, words.language, reason)
        )
        for said, reason in zip(words.talk_reasons, TALK_REASONS, strict=True)
    ]
    return InlineKeyboardMarkup([chips[:2], chips[2:]])


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
