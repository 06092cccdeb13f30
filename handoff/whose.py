"""Whose handoff it is to move, and how it is said that it is not."""

from core.domain.ids import AgentId
from handoff.errors import MoveRefused
from handoff.life import Active, Handoff, Offered, spoken


def its_offer(handoff: Handoff, agent: AgentId, done: str) -> None:
    """Raise MoveRefused unless it is on offer to this agent; `done` is what cannot be."""
    match handoff.state:
        case Offered(agent=asked) if asked == agent:
            return
        case Offered():
            raise MoveRefused("It is on offer to another agent.")
        case Active():
            raise MoveRefused("An agent has taken it.")
        case _:
            raise refused(handoff, done)


def its_talk(handoff: Handoff, agent: AgentId, done: str) -> None:
    """Raise MoveRefused unless this agent talks with the customer."""
    match handoff.state:
        case Active(has) if has == agent:
            return
        case Active():
            raise MoveRefused("Another agent has it.")
        case _:
            raise refused(handoff, done)


def refused(handoff: Handoff, done: str) -> MoveRefused:
    """That a handoff in this state cannot be so."""
    return MoveRefused(f"It is {spoken(handoff.state)} and cannot be {done}.")
