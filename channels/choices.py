"""What can be pressed below a message, as programs are told."""

from typing import Literal, assert_never

from core.domain.messages import BotInstead, Choice, HowWasIt

ChoiceName = Literal["bot_instead", "how_was_it"]


def choice_name(choice: Choice | None) -> ChoiceName | None:
    """Its name; None where nothing can be pressed."""
    match choice:
        case None:
            return None
        case BotInstead():
            return "bot_instead"
        case HowWasIt():
            return "how_was_it"
        case _:
            assert_never(choice)
