"""One round of the desk: what is to be done now. Pure, for production and simulation alike."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.domain.ids import HandoffId
from handoff.assignment import Assigned, Person, Presence, Rules, assign
from handoff.life import (
    Active,
    Handoff,
    Move,
    Offered,
    Requested,
    agent_in,
    step,
    waits,
)
from handoff.moves import Admit, AgentGone, NobodyFree, Offer, OfferExpired, OutOfHours
from handoff.practice import Limits, Practice
from handoff.queue import Rate, expected_wait_s, ordered
from handoff.timers import next_open


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a round sees of one tenant."""

    handoffs: Sequence[Handoff]
    """All open ones."""
    people: Sequence[Person]
    rate: Rate


@dataclass(frozen=True, slots=True)
class Planned:
    """A move to be made."""

    handoff: Handoff
    """As it is before the move."""
    move: Move


@dataclass(slots=True)
class _Round:
    """The handoffs as they become, and what made them so."""

    now: datetime
    handoffs: dict[HandoffId, Handoff]
    planned: list[Planned]

    def make(self, handoff: Handoff, move: Move) -> None:
        self.planned.append(Planned(handoff, move))
        self.handoffs[handoff.id] = step(handoff, move, self.now).handoff


def plan(desk: Desk, practice: Practice, now: datetime) -> tuple[Planned, ...]:
    """What is to be done, in order; several moves of one handoff follow each other.

    Offers that ran out and talks whose agent is gone come back; what nobody can take is given up;
    the rest is offered to whoever is free.
    """
    this = _Round(now=now, handoffs={one.id: one for one in desk.handoffs}, planned=[])
    _take_back(this, desk.people, practice.limits)
    _give_up(this, desk.people, practice)
    _offer(this, desk, practice.rules)
    return tuple(this.planned)


def with_loads(people: Sequence[Person], handoffs: Sequence[Handoff]) -> tuple[Person, ...]:
    """The people with what they have now, counted from the handoffs themselves.

    What is put away counts when it is back; whoever has too much by then gets nothing new.
    """
    busy = Counter(agent_in(one.state) for one in handoffs if not one.snoozed)
    return tuple(
        person if person.busy == busy[person.id] else replace(person, busy=busy[person.id])
        for person in people
    )


def _take_back(this: _Round, people: Sequence[Person], limits: Limits) -> None:
    there = {person.id: person for person in people}
    for handoff in list(this.handoffs.values()):
        match handoff.state:
            case Offered(agent=agent, until=until):
                if until <= this.now:
                    this.make(handoff, OfferExpired())
                elif agent not in there or there[agent].presence is not Presence.ONLINE:
                    this.make(handoff, AgentGone(agent))
            case Active(agent) if agent not in there:
                this.make(handoff, AgentGone(agent))
            case Active(agent) if _is_gone(handoff, there[agent], this.now, limits):
                this.make(handoff, AgentGone(agent))
            case _:
                pass


def _is_gone(handoff: Handoff, person: Person, now: datetime, limits: Limits) -> bool:
    """Whether others must have the talk; who put it away may go home and has time to come back."""
    if handoff.snoozed or person.presence is not Presence.OFFLINE:
        return False
    last = max(person.seen_at, handoff.woke_at or person.seen_at)
    return (now - last).total_seconds() >= limits.gone_s


def _give_up(this: _Round, people: Sequence[Person], practice: Practice) -> None:
    opens = next_open(practice.hours, this.now)
    closed = opens is None or opens > this.now
    manned = any(person.presence is not Presence.OFFLINE for person in people)
    patience_s = practice.limits.longest_s if manned else practice.limits.nobody_s
    for handoff in list(this.handoffs.values()):
        if not waits(handoff):
            continue
        waited_s = (this.now - handoff.requested_at).total_seconds()
        if closed:
            this.make(handoff, OutOfHours(opens))
        elif waited_s >= patience_s:
            this.make(handoff, NobodyFree())


def _offer(this: _Round, desk: Desk, rules: Rules) -> None:
    waiting = [one for one in this.handoffs.values() if waits(one)]
    queue = ordered(waiting, this.now, rules.aging_s)
    people = with_loads(desk.people, list(this.handoffs.values()))
    offers = {one.handoff: one for one in assign(queue, people, this.now, rules)}
    ahead = 0
    for handoff in queue:
        offer = offers.get(handoff.id)
        if offer is None:
            ahead += 1
        if isinstance(handoff.state, Requested):
            this.make(handoff, _admit(offer, ahead, desk.rate))
        if offer is not None:
            until = this.now + timedelta(seconds=rules.offer_s)
            this.make(this.handoffs[handoff.id], Offer(agent=offer.agent, until=until))


def _admit(offer: Assigned | None, ahead: int, rate: Rate) -> Admit:
    if offer is not None:
        return Admit(position=None)
    return Admit(position=ahead, wait_s=expected_wait_s(ahead, rate))
