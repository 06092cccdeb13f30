"""What customers do to an answer that stands in a chat: which one it is, says the ledger."""

from collections.abc import Sequence
from dataclasses import replace

from channels.accounts import Account
from channels.answers import Answers
from channels.happenings import Happening, PersonWanted, Rated
from channels.ratings import Rating, Thumb
from channels.telegram.address import Where, native_id
from channels.telegram.updates import Update

_THUMBS = {"👍": Thumb.UP, "👎": Thumb.DOWN}


async def placed(
    found: Sequence[Happening], update: Update, account: Account, answers: Answers
) -> tuple[Happening, ...]:
    """The same, with the address of a press below an answer that Telegram shows no more of.

    Of such a message it says chat and number alone, not in which topic it stands.
    """
    pressed = update.callback_query
    if pressed is None or pressed.message is None or pressed.message.date:
        return tuple(found)
    message = pressed.message
    told = await answers.told_by(
        account.tenant,
        account.channel,
        Where(account=account.name, chat=message.chat.id).beginning,
        native_id(message.chat.id, message.message_id),
    )
    if told is None:
        return tuple(found)
    return tuple(
        replace(one, address=told.address) if isinstance(one, Rated | PersonWanted) else one
        for one in found
    )


async def reacted(update: Update, account: Account, answers: Answers) -> Rated | None:
    """The verdict that a reaction is; None for any other emoji, and on what is no answer.

    A thumb that is taken back leaves the verdict as it was: the other one, or a button, can
    change it.
    """
    reaction = update.message_reaction
    if reaction is None or reaction.user is None or reaction.user.is_bot:
        return None
    thumbs = [_THUMBS[one.emoji] for one in reaction.new_reaction if one.emoji in _THUMBS]
    if not thumbs:
        return None
    told = await answers.told_by(
        account.tenant,
        account.channel,
        Where(account=account.name, chat=reaction.chat.id).beginning,
        native_id(reaction.chat.id, reaction.message_id),
    )
    if told is None:
        return None
    return Rated(address=told.address, rating=Rating(turn=told.turn, thumb=thumbs[-1]))
