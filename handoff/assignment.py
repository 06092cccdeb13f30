"""Who is asked to take what. Pure: the same values give the same offers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.domain.ids import AgentId, HandoffId
from handoff.life import Handoff


class Presence(StrEnum):
    """Whether an agent is there."""

    ONLINE = "online"
    AWAY = "away"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An agent, as the desk sees one."""

    id: AgentId
    name: str
    presence: Presence
    capacity: int
    """Talks at a time."""
    busy: int = 0
    """Talks and offers at this moment."""
    languages: frozenset[str] = frozenset()
    """BCP 47 primary tags; empty is any."""
    skills: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    draining: bool = False
    """Finishes what is begun, and gets nothing new."""
    free_since: datetime
    """When the last talk ended."""
    seen_at: datetime
    """The last sign of life."""

    @property
    def room(self) -> int:
        """How many more talks may be offered now."""
        if self.draining or self.presence is not Presence.ONLINE:
            return 0
        return max(0, self.capacity - self.busy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a lead may set."""

    offer_s: float = 60
    """An agent has so long to take what is offered."""
    skill_s: float | None = 120
    """After so long, who lacks a skill may take it, too; None never."""
    language_s: float | None = 300
    """The same for the customer's language."""
    team_s: float | None = 600
    """The same for the team."""
    aging_s: float = 300
    """So much waiting is worth one priority."""


_Key = tuple[bool, bool, int, float, datetime, AgentId]


@dataclass(frozen=True, slots=True)
class Assigned:
    """This agent is to be asked to take this handoff."""

    handoff: HandoffId
    agent: AgentId


@dataclass(slots=True)
class _Slots:
    """Who may take what, and what has been given to whom so far."""

    wanted: Mapping[HandoffId, Sequence[tuple[Handoff, Person]]]
    given: dict[HandoffId, Person] = field(default_factory=dict)
    taken: Counter[AgentId] = field(default_factory=Counter)

    def find(self, handoff: HandoffId, tried: set[AgentId]) -> bool:
        """A slot, if need be that of another handoff for which there is one elsewhere."""
        free = [
            (self._preference(one, person), person)
            for one, person in self.wanted[handoff]
            if self.taken[person.id] < person.room
        ]
        if free:
            self._give(handoff, min(free, key=lambda each: each[0])[1])
            return True
        for _, person in self.wanted[handoff]:
            if person.id not in tried and self._move_another(person, tried):
                self._give(handoff, person)
                return True
        return False

    def _move_another(self, person: Person, tried: set[AgentId]) -> bool:
        tried.add(person.id)
        theirs = [other for other, has in self.given.items() if has.id == person.id]
        return any(self.find(other, tried) for other in theirs)

    def _give(self, handoff: HandoffId, person: Person) -> None:
        before = self.given.get(handoff)
        if before is not None:
            self.taken[before.id] -= 1
        self.given[handoff] = person
        self.taken[person.id] += 1

    def _preference(self, handoff: Handoff, person: Person) -> _Key:
        return (
            person.id == handoff.asked_last,
            person.id != handoff.before,
            len(_lacks(person, handoff)),
            (person.busy + self.taken[person.id]) / person.capacity,
            person.free_since,
            person.id,
        )


def assign(
    queue: Sequence[Handoff], people: Sequence[Person], now: datetime, rules: Rules
) -> tuple[Assigned, ...]:
    """Ask as many as there is room for.

    The first in the queue is served first; one behind is never served in its stead, only beside
    it. Among those who may take it comes first: who was not asked just now, whom the customer
    had before, who can do what is wanted, who is least loaded, who has been free longest. An
    earlier handoff goes to another agent who may have it where that makes room for a later one.

    Args:
        queue: those that wait, in order.
        people: everybody; those without room are passed over.
        now: the time, from which waived wishes follow.
        rules: what a lead has set.
    """
    free = sorted((person for person in people if person.room), key=lambda person: person.id)
    slots = _Slots(
        wanted={
            handoff.id: [
                (handoff, person) for person in free if may_take(person, handoff, now, rules)
            ]
            for handoff in queue
        }
    )
    left = sum(person.room for person in free)
    for handoff in queue:
        if left and slots.find(handoff.id, set()):
            left -= 1
    return tuple(
        Assigned(one.id, slots.given[one.id].id) for one in queue if one.id in slots.given
    )


def may_take(person: Person, handoff: Handoff, now: datetime, rules: Rules) -> bool:
    """Whether this person may have it by now, room aside."""
    waited = (now - handoff.requested_at).total_seconds()
    lacks = _lacks(person, handoff)
    waived = {"team": rules.team_s, "language": rules.language_s, "skills": rules.skill_s}
    return all(
        after is not None and waited >= after for what, after in waived.items() if what in lacks
    )


def _lacks(person: Person, handoff: Handoff) -> tuple[str, ...]:
    wants = handoff.wants
    has = {
        "team": not wants.team or wants.team in person.teams,
        "language": not wants.language
        or not person.languages
        or wants.language in person.languages,
        "skills": wants.skills <= person.skills,
    }
    return tuple(what for what, there in has.items() if not there)
