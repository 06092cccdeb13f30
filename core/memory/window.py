"""What of a conversation a prompt shows: the latest messages word by word, the rest remembered.

Nothing falls between the two. A message that the summary does not have yet is in the window; if it
does not fit, or lies before a long silence, its facts are among the memory's all the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from core.domain.conversation import TurnContext
from core.domain.memory import Memory
from core.domain.messages import Author, Message
from core.memory.budget import Budget
from core.memory.fold import fold
from core.memory.told import told
from core.models.ports import Count

_FRAME = 4
"""Tokens around a message: who says it, and a line's end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A conversation as a prompt shows it."""

    memory: Memory
    """With the facts of messages that neither the summary has yet nor the window shows."""
    messages: tuple[Message, ...]
    """Oldest first, without those that wait; they begin with the customer where that fits."""


def window(context: TurnContext, budget: Budget, count: Count) -> Window:
    """What to show of the conversation, within the budget."""
    memory = context.memory
    behind = [m for m in context.history if m.seq > memory.upto]
    waits = context.waiting[:1]
    begins = after_silence((*behind, *waits), budget.silence)
    talk = [m for m in behind if m.seq >= begins]
    if len(talk) == len(behind):
        shown = tail(talk, budget.tokens - count(told(memory)), count)
        if len(shown) == len(behind):
            return Window(memory=memory, messages=shown)
    shown = tail(talk, budget.tokens - budget.for_memory, count)
    missing = [m for m in behind if not shown or m.seq < shown[0].seq]
    return Window(memory=fold(memory, missing, budget, count), messages=shown)


def cut(memory: Memory, messages: Sequence[Message], budget: Budget, count: Count) -> int | None:
    """The `seq` up to which the summary should reach now; None while there is room.

    Args:
        memory: As it is.
        messages: Those behind it, oldest first; none of them waits for its turn.
        budget: What both may take up.
        count: Counts tokens.
    """
    begins = after_silence(messages, budget.silence)
    if messages and messages[0].seq < begins:
        return begins - 1
    taken = count(told(memory)) + sum(size(m, count) for m in messages)
    if taken <= budget.full * budget.tokens:
        return None
    kept = tail(messages, int(budget.verbatim * budget.tokens), count)
    upto = kept[0].seq - 1 if kept else messages[-1].seq
    return upto if upto >= messages[0].seq else None


def after_silence(messages: Sequence[Message], silence: timedelta) -> int:
    """The `seq` with which the latest talk begins; 0 when there is no message."""
    begins = messages[0].seq if messages else 0
    for before, after in pairwise(messages):
        if after.at - before.at > silence:
            begins = after.seq
    return begins


def tail(messages: Sequence[Message], room: int, count: Count) -> tuple[Message, ...]:
    """The latest messages that fit, from a customer's turn on where one is among them."""
    taken = len(messages)
    while taken and (room := room - size(messages[taken - 1], count)) >= 0:
        taken -= 1
    kept = messages[taken:]
    turns = (
        place
        for place, message in enumerate(kept)
        if message.author is Author.CUSTOMER
        and (taken + place == 0 or messages[taken + place - 1].author is not Author.CUSTOMER)
    )
    return tuple(kept[next(turns, 0) :])


def size(message: Message, count: Count) -> int:
    """The tokens of a message as a prompt shows it."""
    return count(message.text) + _FRAME
