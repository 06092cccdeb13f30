"""What a lead does with a handoff of others; like the moves of moves.py, each with its own law."""

from dataclasses import dataclass, replace
from datetime import datetime

from core.domain.ids import AgentId
from handoff.errors import MoveRefused
from handoff.life import Active, Handoff, Line, Offered, Queued

HIGHEST = 9
"""Of priorities."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign:
    """One agent is asked to take it, whoever was asked or talked before."""

    to: AgentId
    to_name: str
    until: datetime
    had: str = ""
    """How whoever talks with the customer is called; nobody else is named to them."""

    def leads(self, handoff: Handoff, now: datetime) -> Handoff:
        match handoff.state:
            case Active(has) if has == self.to:
                raise MoveRefused(f"{self.to_name} has it already.")
            case Offered(agent=asked) if asked == self.to:
                raise MoveRefused(f"{self.to_name} is asked already.")
            case _:
                pass
        if self.until <= now:
            raise MoveRefused("An offer lasts for some time.")
        return replace(handoff, state=Offered(agent=self.to, until=self.until))

    def says(self, handoff: Handoff) -> tuple[Line, ...]:
        return _passed_on(handoff, self.had, self.to_name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Whoever of a team is free has it next."""

    team: str
    had: str = ""
    """As in `Assign`."""

    def leads(self, handoff: Handoff, now: datetime) -> Handoff:
        if not self.team:
            raise MoveRefused("Name the team that is to have it.")
        return replace(handoff, state=Queued(), wants=replace(handoff.wants, team=self.team))

    def says(self, handoff: Handoff) -> tuple[Line, ...]:
        return _passed_on(handoff, self.had, self.team)


@dataclass(frozen=True, slots=True)
class Prioritise:
    """It is served before those of a lower priority; whoever is asked stays asked."""

    priority: int

    def leads(self, handoff: Handoff, now: datetime) -> Handoff:
        if isinstance(handoff.state, Active):
            raise MoveRefused(
                "Somebody talks with them already; a priority is for those who wait."
            )
        if not 0 <= self.priority <= HIGHEST:
            raise MoveRefused(f"A priority is a number from 0 to {HIGHEST}.")
        return replace(handoff, wants=replace(handoff.wants, priority=self.priority))

    def says(self, handoff: Handoff) -> tuple[Line, ...]:
        return ()


def _passed_on(handoff: Handoff, had: str, to: str) -> tuple[Line, ...]:
    """Who talks with somebody hears that another will; who waits goes on waiting."""
    if not isinstance(handoff.state, Active) or not had:
        return ()
    return (Line(phrase="passed_on", fields={"agent": had, "to": to}),)
