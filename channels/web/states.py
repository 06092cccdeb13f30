"""Who takes care of a visitor, as the socket tells it."""

from channels.web.protocol import StateFrame
from core.domain.care import Awaited, ByPerson, Care, Later
from core.domain.conversation import Agent, Owner, Queue


def state_frame(owner: Owner, care: Care) -> StateFrame:
    """The owner as the visitor may know it, with what fits of who takes care of them."""
    match owner, care:
        case Queue(), Awaited(position=position, wait_s=wait_s):
            wait = None if wait_s is None else round(wait_s)
            return StateFrame(owner="queue", position=position, wait_s=wait)
        case Queue(), _:
            return StateFrame(owner="queue")
        case Agent(), ByPerson(name):
            return StateFrame(owner="agent", agent=name or None)
        case Agent(), _:
            return StateFrame(owner="agent")
        case _, Later(back_at):
            return StateFrame(owner="bot", back_at=back_at)
        case _:
            return StateFrame(owner="bot")
