"""What can be done with a handoff, each move a value with its own law.

Agents are named in the moves that tell the customer of them, because only whoever moves knows how
an agent wants to be called.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from core.domain.ids import AgentId
from core.domain.messages import HowWasIt
from handoff.errors import MoveRefused
from handoff.life import (
    Abandoned,
    Active,
    Expired,
    Handoff,
    Line,
    Offered,
    Queued,
    Requested,
    Returned,
    WrappedUp,
)
from handoff.whose import its_offer, its_talk, refused


class _Silent:
    """A move of which the customer hears nothing."""

    __slots__ = ()

    def says(self, handoff: Handoff) -> tuple[Line, ...]:
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taking:
    """A move after which an agent talks with the customer."""

    agent: AgentId
    name: str

    def says(self, handoff: Handoff) -> tuple[Line, ...]:
        return (Line(phrase="here", fields={"agent": self.name}),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Admit:
    """The desk puts a request into the queue."""

    position: int | None
    """Told to the customer, from 1; None when somebody is free at once."""
    wait_s: float | None = None
    """How long it usually takes from there; None when nobody knows."""

    def leads(self, handoff: Handoff, now: datetime) -> Handoff:
        if not isinstance(handoff.state, Requested):
            raise refused(handoff, "admitted")
        return replace(handoff, state=Queued())

    def says(self, handoff: Handoff) -> tuple[Line, ...]:
        if self.position is None:
            return ()
        if self.wait_s is None:
            return (Line(phrase="position", fields={"position": self.position}),)
        minutes = max(1, round(self.wait_s / 60))
        fields: Mapping[str, int] = {"position": self.position, "minutes": minutes}
        return (Line(phrase="position_and_wait", fields=fields),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(_Silent):
    """One agent is asked to take it."""

    agent: AgentId
    until: datetime

    def leads(self, handoff: Handoff, now: datetime) -> Handoff:
        if not isinstance(handoff.state, Queued):
            raise refused(handoff, "offered")
        if self.until <= now:
            raise MoveRefused("An offer lasts for some time.")
        return replace(handoff, state=Offered(agent=self.agent, until=self.until))


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept(_Taking):
    """The agent who was asked takes it."""

    def leads(self, handoff: Handoff, now: datetime) -> Handoff:
        its_offer(handoff, self.agent, "accepted")
        return replace(handoff, state=Active(self.agent))


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(_Taking):
    """An agent takes what waits, without being asked."""

    def leads(self, handoff: Handoff, now: datetime) -> Handoff:
        match handoff.state:
            case Requested() | Queued():
                pass
            case Offered(agent=asked) if asked == self.agent:
                pass
            case Offered():
                raise MoveRefused("It is on offer to another agent.")
            case Active():
                raise MoveRefused("Another agent has taken it.")
            case _:
                raise refused(handoff, "taken")
        return replace(handoff, state=Active(self.agent))


@dataclass(frozen=True, slots=True)
class Decline(_Silent):
    """The agent who was asked does not take it."""

    agent: AgentId

    def leads(self, handoff: Handoff, now: datetime) -> Handoff:
        its_offer(handoff, self.agent, "declined")
        return replace(handoff, state=Queued())


@dataclass(frozen=True, slots=True)
class OfferExpired(_Silent):
    """The agent who was asked has not answered in time."""

    def leads(self, handoff: Handoff, now: datetime) -> Handoff:
        match handoff.state:
            case Offered(until=until) if now >= until:
                return replace(handoff, state=Queued())
            case Offered():
                raise MoveRefused("The agent still has time to answer.")
            case _:
                raise refused(handoff, "offered anew")


@dataclass(frozen=True, slots=True)
class AgentGone:
    """The agent who had it, on offer or in talk, is not there any more."""

    agent: AgentId

    def leads(self, handoff: Handoff, now: datetime) -> Handoff:
        match handoff.state:
            case Offered(agent=had) | Active(had) if had == self.agent:
                return replace(handoff, state=Queued())
            case _:
                raise MoveRefused("That agent does not have it.")

    def says(self, handoff: Handoff) -> tuple[Line, ...]:
        return (Line(phrase="agent_gone"),) if isinstance(handoff.state, Active) else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ToTeam:
    """The agent passes it on to whoever of a team is free."""

    agent: AgentId
    name: str
    team: str

    def leads(self, handoff: Handoff, now: datetime) -> Handoff:
        its_talk(handoff, self.agent, "passed on")
        if not self.team:
            raise MoveRefused("Name the team that is to have it.")
        return replace(handoff, state=Queued(), wants=replace(handoff.wants, team=self.team))

    def says(self, handoff: Handoff) -> tuple[Line, ...]:
        return (Line(phrase="passed_on", fields={"agent": self.name, "to": self.team}),)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToAgent:
    """The agent passes it on to a colleague, who is asked."""

    agent: AgentId
    name: str
    to: AgentId
    to_name: str
    until: datetime

    def leads(self, handoff: Handoff, now: datetime) -> Handoff:
        its_talk(handoff, self.agent, "passed on")
        if self.to == self.agent:
            raise MoveRefused("You have it already.")
        if self.until <= now:
            raise MoveRefused("An offer lasts for some time.")
        return replace(handoff, state=Offered(agent=self.to, until=self.until))

    def says(self, handoff: Handoff) -> tuple[Line, ...]:
        return (Line(phrase="passed_on", fields={"agent": self.name, "to": self.to_name}),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """The agent gives the conversation back to the bot."""

    agent: AgentId
    name: str

    def leads(self, handoff: Handoff, now: datetime) -> Handoff:
        its_talk(handoff, self.agent, "given back")
        return replace(handoff, state=Returned(self.agent))

    def says(self, handoff: Handoff) -> tuple[Line, ...]:
        return (
            Line(phrase="returned", fields={"agent": self.name}),
            *_how_was_it(handoff, self.name),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """The agent has done what was wanted."""

    agent: AgentId
    name: str

    def leads(self, handoff: Handoff, now: datetime) -> Handoff:
        its_talk(handoff, self.agent, "closed")
        return replace(handoff, state=WrappedUp(self.agent))

    def says(self, handoff: Handoff) -> tuple[Line, ...]:
        return (
            Line(phrase="closed", fields={"agent": self.name}),
            *_how_was_it(handoff, self.name),
        )


@dataclass(frozen=True, slots=True)
class TakeBack:
    """The customer wants the bot again, before anybody has taken it."""

    def leads(self, handoff: Handoff, now: datetime) -> Handoff:
        if isinstance(handoff.state, Active):
            raise MoveRefused("A person is here already; they can give it back to the bot.")
        return replace(handoff, state=Abandoned())

    def says(self, handoff: Handoff) -> tuple[Line, ...]:
        return (Line(phrase="taken_back"),)


@dataclass(frozen=True, slots=True)
class Leave(_Silent):
    """The customer is gone for good: blocked us, deleted the talk, or fell silent."""

    def leads(self, handoff: Handoff, now: datetime) -> Handoff:
        return replace(handoff, state=Abandoned())


@dataclass(frozen=True, slots=True)
class NobodyFree:
    """Nobody took it in time; it goes on as a ticket."""

    def leads(self, handoff: Handoff, now: datetime) -> Handoff:
        return _expired(handoff)

    def says(self, handoff: Handoff) -> tuple[Line, ...]:
        return (Line(phrase="nobody_free"),)


@dataclass(frozen=True, slots=True)
class OutOfHours:
    """Nobody is there; it goes on as a ticket."""

    back_at: datetime | None
    """When people are there again; None when nobody knows."""

    def leads(self, handoff: Handoff, now: datetime) -> Handoff:
        return _expired(handoff)

    def says(self, handoff: Handoff) -> tuple[Line, ...]:
        if self.back_at is None:
            return (Line(phrase="closed_for_long"),)
        return (Line(phrase="closed_until", fields={"when": self.back_at}),)


def _expired(handoff: Handoff) -> Handoff:
    if not isinstance(handoff.state, Requested | Queued):
        raise refused(handoff, "given up")
    return replace(handoff, state=Expired())


def _how_was_it(handoff: Handoff, agent: str) -> tuple[Line, ...]:
    """Asked where somebody talked; an agent who said no word is not asked about."""
    if not handoff.answered:
        return ()
    return (Line(phrase="how_was_it", fields={"agent": agent}, choice=HowWasIt),)
