"""A day at the desk, by discrete events: customers come, agents answer, talks end.

The desk's own pure functions decide (handoff/plan.py, handoff/life.py); this module only says what
people do. The same seed gives the same day.
"""

import heapq
import itertools
import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from core.domain.ids import AgentId, ConversationId, HandoffId, TenantId
from core.domain.messages import Channel
from handoff.assignment import Person, Presence, may_take
from handoff.errors import MoveRefused
from handoff.life import Active, Handoff, Move, Offered, Queued, Requested, Wants, is_open, step
from handoff.moves import Accept, Admit, Close, Decline, Leave, Offer
from handoff.plan import Desk, Planned, plan, with_loads
from handoff.practice import Practice
from handoff.queue import Rate
from tests.bench.desk_day import START, Day, arrivals, crew

Decide = Callable[[Desk, Practice, datetime], Sequence[Planned]]
_BESIDE_S = 1.0
"""Nobody who may be served waits longer beside a free slot."""


@dataclass(slots=True)
class Found:
    """What was measured."""

    waits: list[tuple[Wants, float]] = field(default_factory=list)
    """Of each customer who was served: from the request to the first agent."""
    told: list[tuple[float, float]] = field(default_factory=list)
    """A wait as it was told, and as it was."""
    ends: Counter[str] = field(default_factory=Counter)
    moves: Counter[str] = field(default_factory=Counter)
    most_over: int = 0
    """Talks and offers beyond anybody's capacity."""
    beside: int = 0
    """Times that somebody waited for more than a second beside a slot that they might have."""
    asked_again: int = 0
    """Offers to the one who had just not taken it, while another one might have."""
    busy_s: float = 0
    staffed_s: float = 0
    left_over: int = 0
    """Requests without an end when everybody was gone."""
    rounds: int = 0
    longest_queue: int = 0


class Simulation:
    """One day."""

    def __init__(self, day: Day, decide: Decide = plan) -> None:
        """A day on which `decide` says what the desk does."""
        self.day = day
        self.decide = decide
        self.dice = random.Random(day.seed)
        self.now = START
        self.people = {person.id: person for person in crew(day)}
        self.offline: dict[AgentId, datetime] = {}
        self.open: dict[HandoffId, Handoff] = {}
        self.taken: list[datetime] = []
        self.talks: dict[HandoffId, int] = {}
        self.promised: dict[HandoffId, float] = {}
        self.served: set[HandoffId] = set()
        self.found = Found()
        self.crew: tuple[Person, ...] = tuple(self.people.values())
        self._events: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def run(self) -> Found:
        """The whole day, until the last customer is gone."""
        for wants, at in arrivals(self.day, self.dice):
            self._at(at, lambda wants=wants: self._request(wants))  # type: ignore[misc]
        self._at(self._soon(self.day.gone_every_s), self._break_off)
        while self._events:
            at, _, event = heapq.heappop(self._events)
            self._pass(at)
            event()
            self._serve()
        self.found.left_over = len(self.open)
        return self.found

    def _at(self, at: datetime, event: Callable[[], None]) -> None:
        heapq.heappush(self._events, (at, next(self._order), event))

    def _soon(self, mean_s: float) -> datetime:
        return self.now + timedelta(seconds=self.dice.expovariate(1 / mean_s))

    def _pass(self, at: datetime) -> None:
        """Let the time pass in which nothing happens, and look at who waits in it for nothing."""
        passed = (at - self.now).total_seconds()
        crew = self.crew
        self.found.busy_s += passed * sum(min(one.busy, one.capacity) for one in crew)
        if self.now < START + timedelta(seconds=self.day.length_s):
            self.found.staffed_s += passed * sum(one.capacity for one in crew)
        if passed > _BESIDE_S:
            late = at - timedelta(seconds=_BESIDE_S)
            self.found.beside += sum(
                any(one.room and self._may(one, waiting, late) for one in crew)
                for waiting in self.open.values()
                if isinstance(waiting.state, Requested | Queued)
            )
        self.now = at

    def _may(self, person: Person, waiting: Handoff, at: datetime) -> bool:
        return may_take(person, waiting, at, self.day.practice.rules)

    def _crew_now(self) -> tuple[Person, ...]:
        loaded = with_loads(tuple(self.people.values()), tuple(self.open.values()))
        self.people = {person.id: person for person in loaded}
        return tuple(self._seen(person) for person in loaded)

    def _seen(self, person: Person) -> Person:
        """The agent as the last sign of life says; nobody asks for it while they are online."""
        seen_at = self.offline.get(person.id)
        if seen_at is None:
            return person
        silent_s = (self.now - seen_at).total_seconds()
        gone = silent_s >= self.day.practice.limits.offline_s
        presence = Presence.OFFLINE if gone else Presence.ONLINE
        return replace(person, presence=presence, seen_at=seen_at)

    # --- what customers and agents do ---------------------------------------------------------

    def _request(self, wants: Wants) -> None:
        number = next(self._order)
        handoff = Handoff(
            id=HandoffId(UUID(int=number)),
            tenant=TenantId("default"),
            conversation=ConversationId(UUID(int=number)),
            channel=Channel.WEB,
            state=Requested(),
            wants=wants,
            requested_at=self.now,
            epoch=1,
        )
        self.open[handoff.id] = handoff
        self._at(self._soon(self.day.patience_s), lambda: self._lose_patience(handoff.id))
        rules, limits = self.day.practice.rules, self.day.practice.limits
        for wait_s in (rules.skill_s, rules.language_s, rules.team_s, limits.longest_s):
            if wait_s is not None:
                self._at(self.now + timedelta(seconds=wait_s), lambda: None)

    def _lose_patience(self, handoff: HandoffId) -> None:
        waiting = self.open.get(handoff)
        if waiting is not None and not isinstance(waiting.state, Active):
            self._make(waiting, Leave())

    def _break_off(self) -> None:
        """An agent's connection breaks; the page comes back after a while."""
        agent = self.dice.choice(list(self.people))
        self.offline.setdefault(agent, self.now)
        limits = self.day.practice.limits
        for after_s in (limits.offline_s, limits.gone_s):
            self._at(self.now + timedelta(seconds=after_s), lambda: None)
        self._at(self.now + timedelta(seconds=900), lambda: self._come_back(agent))
        if self.now < START + timedelta(seconds=self.day.length_s):
            self._at(self._soon(self.day.gone_every_s), self._break_off)

    def _come_back(self, agent: AgentId) -> None:
        self.offline.pop(agent, None)

    def _asked(self, handoff: Handoff, offer: Offer) -> None:
        version, dice = handoff.version, self.dice.random()
        self._at(offer.until, lambda: None)
        if dice < self.day.ignored or offer.agent in self.offline:
            return
        name = self.people[offer.agent].name
        answer: Move = Accept(agent=offer.agent, name=name)
        if dice < self.day.ignored + self.day.declined:
            answer = Decline(offer.agent)
        at = min(self._soon(self.day.answer_s), offer.until - timedelta(seconds=1))
        self._at(at, lambda: self._if_still(handoff.id, version, answer))

    def _if_still(self, handoff: HandoffId, version: int, move: Move) -> None:
        current = self.open.get(handoff)
        if current is not None and current.version == version:
            self._make(current, move)

    def _talk(self, handoff: Handoff, agent: AgentId) -> None:
        close = Close(agent=agent, name=self.people[agent].name)
        end = self._soon(self.day.talk_s)
        self._at(end, lambda: self._if_still(handoff.id, handoff.version, close))
        if handoff.id in self.served:
            return
        self.served.add(handoff.id)
        self.taken.append(self.now)
        wait = (self.now - handoff.requested_at).total_seconds()
        self.found.waits.append((handoff.wants, wait))
        if handoff.id in self.promised:
            self.found.told.append((self.promised[handoff.id], wait))

    # --- what the desk does -------------------------------------------------------------------

    def _serve(self) -> None:
        """One round, as in production; what it decides is checked as it is done."""
        practice = self.day.practice
        since = self.now - timedelta(seconds=practice.limits.rate_s)
        begun = len(self.taken) - bisect_right(self.taken, since)
        desk = Desk(
            handoffs=tuple(self.open.values()),
            people=self._crew_now(),
            rate=Rate(begun=begun, over_s=practice.limits.rate_s),
        )
        for planned in self.decide(desk, practice, self.now):
            if isinstance(planned.move, Offer):
                self._check_offer(planned.handoff, planned.move)
            self._make(planned.handoff, planned.move)
        self.found.rounds += 1
        crew = self.crew = self._crew_now()
        self.found.most_over = max(
            self.found.most_over, *(one.busy - one.capacity for one in crew)
        )
        queued = sum(isinstance(one.state, Queued) for one in self.open.values())
        self.found.longest_queue = max(self.found.longest_queue, queued)

    def _check_offer(self, handoff: Handoff, offer: Offer) -> None:
        if offer.agent != handoff.asked_last:
            return
        others = [one for one in self._crew_now() if one.room and one.id != offer.agent]
        self.found.asked_again += any(self._may(one, handoff, self.now) for one in others)

    def _make(self, handoff: Handoff, move: Move) -> None:
        try:
            after = step(handoff, move, self.now).handoff
        except MoveRefused:
            self.found.moves["refused"] += 1
            return
        self.found.moves[type(move).__name__] += 1
        if isinstance(handoff.state, Active):
            agent = handoff.state.agent
            self.people[agent] = replace(self.people[agent], free_since=self.now)
        if not is_open(after):
            del self.open[handoff.id]
            self.found.ends[type(after.state).__name__] += 1
            return
        self.open[after.id] = after
        match move, after.state:
            case Admit(wait_s=float()), _:
                self.promised[after.id] = 60 * int(str(move.says(handoff)[0].fields["minutes"]))
            case Offer() as offer, Offered():
                self._asked(after, offer)
            case _, Active(agent):
                self._talk(after, agent)
