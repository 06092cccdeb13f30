"""What a step is in the statement that stores it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.domain.events import HandoffMoved
from core.domain.ids import AgentId
from core.domain.messages import BotInstead, Choice, HowWasIt
from handoff.life import NAMES, Active, Handoff, Line, Offered, State, agent_in
from handoff.practice import Practice

_CHOICES: Mapping[type[Choice], str] = {BotInstead: "bot_instead", HowWasIt: "how_was_it"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What the customer hears, in order, with what they can press below it."""

    texts: list[str]
    choices: list[str | None]
    until: datetime
    """So long they can say how the talk was."""


def saying(lines: Sequence[Line], practice: Practice, language: str, at: datetime) -> Saying:
    """The lines in a language; how it was is only asked where a tenant wants that."""
    open_s = practice.rating.open_s
    said = [one for one in lines if open_s is not None or one.choice is not HowWasIt]
    return Saying(
        texts=[practice.words.say(one, language, practice.zone) for one in said],
        choices=[_CHOICES[one.choice] if one.choice else None for one in said],
        until=at + timedelta(seconds=open_s or 0),
    )


def moved(handoff: Handoff) -> HandoffMoved:
    """What other parts of the service hear."""
    return HandoffMoved(
        tenant=handoff.tenant,
        conversation=handoff.conversation,
        handoff=handoff.id,
        state=NAMES[type(handoff.state)],
        agent=getattr(handoff.state, "agent", None),
    )


def freed(before: Handoff, after: Handoff) -> AgentId | None:
    """Who talked, and does not any more."""
    if isinstance(before.state, Active) and agent_in(after.state) != before.state.agent:
        return before.state.agent
    return None


def state_columns(state: State) -> tuple[str, AgentId | None, datetime | None]:
    """The counterpart of a handoff's state: its name, agent and end of an offer."""
    until = state.until if isinstance(state, Offered) else None
    return NAMES[type(state)], getattr(state, "agent", None), until
