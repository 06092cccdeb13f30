"""Talks for tests of memory: who says what, in turn."""

from collections.abc import Iterable
from datetime import timedelta

from core.domain.conversation import TurnContext
from core.domain.memory import NO_MEMORY, Memory
from core.domain.messages import Author, Message
from tests.builders import NOON, a_context, a_message

CUSTOMER, BOT, AGENT = Author.CUSTOMER, Author.BOT, Author.AGENT


def talk(
    *said: tuple[Author, str], first: int = 1, hours: Iterable[float] = ()
) -> tuple[Message, ...]:
    """The messages, a minute apart; `hours` are added before the message of the same place."""
    at, waits, messages = NOON, iter(hours), []
    for seq, (author, text) in enumerate(said, start=first):
        at += timedelta(minutes=1, hours=next(waits, 0))
        message = a_message(text, seq=seq, author=author)
        messages.append(Message(**{**fields(message), "at": at}))
    return tuple(messages)


def fields(message: Message) -> dict:
    return {name: getattr(message, name) for name in Message.__slots__}


def a_talk_of(*said: tuple[Author, str], memory: Memory = NO_MEMORY) -> TurnContext:
    """A context in which all but the last is history."""
    *history, waits = talk(*said)
    context = a_context()
    return TurnContext(
        conversation=context.conversation,
        history=tuple(history),
        waiting=(waits,),
        memory=memory,
    )
