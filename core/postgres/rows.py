"""What rows of conversations and messages mean."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from core.domain.conversation import Agent, Bot, Conversation, Mood, Owner, Queue, TurnContext
from core.domain.ids import (
    AgentId,
    ConversationId,
    CustomerId,
    EventId,
    HandoffId,
    TenantId,
)
from core.domain.messages import Author, BotInstead, Channel, Choice, HowWasIt, Message
from core.wire.customers import decode_profile
from core.wire.memories import decode_memory
from core.wire.turns import decode_sources


def conversation_of(row: Any, seq: str = "seq") -> Conversation:
    """A conversation; `seq` names the column of its last message's."""
    return Conversation(
        id=ConversationId(row["id"]),
        tenant=TenantId(row["tenant"]),
        channel=Channel(row["channel"]),
        customer=CustomerId(row["customer"]),
        owner=_owner(row["owner"], row["agent"]),
        epoch=row["epoch"],
        seq=row[seq],
        covered=row["covered"],
        language=row["language"],
        mood=Mood(frustration=row["frustration"], unknowns=row["unknowns"], offers=row["offers"]),
    )


def message_of(row: Any, conversation: ConversationId) -> Message:
    """A message of this conversation."""
    return Message(
        conversation=conversation,
        seq=row["seq"],
        author=Author(row["author"]),
        text=row["text"],
        at=row["at"],
        sources=decode_sources(row["sources"]),
        turn=row["turn"],
    )


def shown_of(row: Any, conversation: ConversationId) -> Message:
    """The same with what can be pressed below it, for those who show it."""
    return replace(message_of(row, conversation), choice=_choice(row["choice"], row["handoff"]))


def named_of(row: Any, conversation: ConversationId) -> Message:
    """The same with the name of the agent who said it."""
    return replace(shown_of(row, conversation), name=row["name"] or "")


def _choice(name: str | None, handoff: HandoffId | None) -> Choice | None:
    if name is None or handoff is None:
        return None
    return BotInstead(handoff) if name == "bot_instead" else HowWasIt(handoff)


def context_of(rows: Sequence[Any], again: Collection[int] = ()) -> TurnContext:
    """What `load` returned: the conversation in every row, a message in most, memory in one.

    Args:
        rows: in the order of messages.
        again: the `seq` of each covered message that waits all the same.
    """
    found = conversation_of(rows[0], seq="last_seq")
    messages = [message_of(row, found.id) for row in rows if row["seq"] is not None]
    waiting = tuple(
        m
        for m in messages
        if m.author is Author.CUSTOMER and (m.seq > found.covered or m.seq in again)
    )
    return TurnContext(
        conversation=found,
        history=tuple(m for m in messages if not waiting or m.seq < waiting[0].seq),
        waiting=waiting,
        events=frozenset(
            EventId(row["event"])
            for row in rows
            if row["event"] is not None and (row["seq"] > found.covered or row["seq"] in again)
        ),
        memory=decode_memory(rows[0]["memory"]).memory,
        customer=decode_profile(rows[0]["profile"]),
    )


def _owner(name: str, agent: AgentId | None) -> Owner:
    if agent is not None:
        return Agent(agent)
    return Queue() if name == "queue" else Bot()


def owner_columns(owner: Owner | None) -> tuple[str | None, AgentId | None]:
    """The columns of a new owner; nulls leave the one there is."""
    match owner:
        case None:
            return None, None
        case Bot():
            return "bot", None
        case Queue():
            return "queue", None
        case Agent(agent):
            return "agent", agent
