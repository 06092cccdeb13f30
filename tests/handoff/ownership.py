"""Who may speak: one conversation, and everybody who wants to, each with what they saw last.

A play is a row of actions by a customer, two workers of the bot, two agents and a desk. Whoever
acts goes by what they looked at before, however old that is; some of them crash in between. The
world they play in is this module's model of what the store's statements guard, or the store.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from core.domain.conversation import Agent, Bot, Owner, Queue
from core.domain.ids import AgentId, HandoffId
from core.domain.messages import Author
from handoff.errors import MoveRefused
from handoff.life import Active, Handoff, Move, is_open, step
from handoff.moves import (
    Accept,
    Admit,
    AgentGone,
    Claim,
    Close,
    Decline,
    Leave,
    NobodyFree,
    Offer,
    OfferExpired,
    Return,
    TakeBack,
    ToAgent,
    ToTeam,
)
from tests.builders import NOON
from tests.handoff.cast import ANN, BO, a_handoff

WORKERS = ("worker 1", "worker 2")
AGENTS = {"Ann": ANN, "Bo": BO}
DESK = "desk"
_PROMISED = 0.8
"""So many plays begin with the promise of a person."""
_KINDS = (*["write"] * 2, *["look"] * 6, *["act"] * 8, "crash", "time")


@dataclass(frozen=True, slots=True)
class Action:
    """What somebody does next; `choice` says which of what they can do."""

    kind: str
    actor: str
    choice: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message, and what was so when it was stored."""

    author: Author
    agent: AgentId | None
    meant_for: int
    """The epoch that its author went by."""
    epoch: int
    owner: Owner
    """Both just before it was stored."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What a worker of the bot has read."""

    owner: Owner
    epoch: int
    covered: int
    asked: int


def play(seed: int, length: int) -> Iterator[Action]:
    """The same row of actions for the same seed."""
    dice = random.Random(seed)
    actors = (*WORKERS, *AGENTS, *AGENTS, DESK, DESK, "customer")
    opening = (("write", "customer"), ("look", WORKERS[0]), ("act", WORKERS[0]), ("look", DESK))
    for kind, actor in opening if dice.random() < _PROMISED else ():
        yield Action(kind, actor, 0)
    for _ in range(length):
        yield Action(dice.choice(_KINDS), dice.choice(actors), dice.randrange(24))


def moves(actor: str, choice: int, now: datetime) -> Move:
    """A move of an agent, of the desk or of the customer."""
    until = now + timedelta(seconds=30)
    agent = AGENTS.get(actor, (ANN, BO)[choice % 2])
    other = BO if agent == ANN else ANN
    theirs: dict[str, tuple[Move, ...]] = {
        DESK: (
            Admit(position=None),
            Offer(agent=agent, until=until),
            Offer(agent=agent, until=until),
            OfferExpired(),
            AgentGone(agent),
            NobodyFree() if choice > 7 else OfferExpired(),
        ),
        "customer": (TakeBack(), Leave()) if choice > 9 else (Admit(position=1),),
    }
    an_agent_s = (
        Claim(agent=agent, name=actor),
        Accept(agent=agent, name=actor),
        Accept(agent=agent, name=actor),
        Decline(agent),
        Return(agent=agent, name=actor),
        Close(agent=agent, name=actor),
        ToAgent(agent=agent, name=actor, to=other, to_name="colleague", until=until),
        ToTeam(agent=agent, name=actor, team="billing"),
    )
    can = theirs.get(actor, an_agent_s)
    return can[choice % len(can)]


@dataclass(slots=True)
class Model:
    """What the statements of the store do, in memory; unguarded it compares nothing."""

    guarded: bool = True
    now: datetime = NOON
    owner: Owner = field(default_factory=Bot)
    epoch: int = 0
    seq: int = 0
    covered: int = 0
    asked: int = 0
    """The customer's last message."""
    handoff: Handoff | None = None
    changes: int = 0
    spoken: list[Spoken] = field(default_factory=list)
    turns: dict[str, Turn] = field(default_factory=dict)
    looks: dict[str, Handoff] = field(default_factory=dict)
    made: int = 0

    def do(self, action: Action) -> str:
        """Do it, and say what came of it."""
        match action.kind:
            case "write":
                self.seq += 1
                self.asked = self.seq
                return "written"
            case "time":
                self.now += timedelta(seconds=20)
                return "later"
            case "crash":
                self.turns.pop(action.actor, None)
                self.looks.pop(action.actor, None)
                return "crashed"
            case "look":
                return self._look(action.actor)
            case _:
                return self._act(action.actor, action.choice)

    def _look(self, actor: str) -> str:
        if actor in WORKERS:
            self.turns[actor] = Turn(self.owner, self.epoch, self.covered, self.asked)
        elif self.handoff is not None:
            self.looks[actor] = self.handoff
        return "looked"

    def _act(self, actor: str, choice: int) -> str:
        if actor in WORKERS:
            turn = self.turns.pop(actor, None)
            return (
                "idle" if turn is None or turn.asked <= turn.covered else self._end(turn, choice)
            )
        seen = self.looks.get(actor)
        if seen is None:
            return "idle"
        if actor in AGENTS and choice % 2:
            return self._say(seen, AGENTS[actor])
        return self._move(actor, seen, moves(actor, choice // 2, self.now))

    def _end(self, turn: Turn, choice: int) -> str:
        if self.guarded and turn.covered != self.covered:
            return "covered"
        self.covered = max(self.covered, turn.asked)
        if self.guarded and turn.epoch != self.epoch:
            return "outdated"
        after = meant(turn.owner, choice)
        if after is None:
            return "passed"
        self._speak(Author.BOT, None, turn.epoch)
        if after != self.owner:
            self._own(after)
            if isinstance(after, Queue):
                self.made += 1
                self.handoff = replace(
                    a_handoff(), id=HandoffId(UUID(int=self.made)), epoch=self.epoch
                )
            elif self.handoff is not None and is_open(self.handoff):
                self.handoff = step(self.handoff, Leave(), self.now).handoff
        return "said"

    def _move(self, actor: str, seen: Handoff, move: Move) -> str:
        try:
            made = step(seen, move, self.now)
        except MoveRefused as refused:
            return str(refused)
        current = self.handoff
        if self.guarded and (
            current is None
            or (current.id, current.version) != (seen.id, seen.version)
            or self.epoch != seen.epoch
        ):
            return "too late"
        for _ in made.says:
            self._speak(Author.SYSTEM, None, seen.epoch)
        self.looks[actor] = made.handoff
        answered = made.handoff.answered or (current is not None and current.answered)
        self.handoff = replace(made.handoff, answered=answered)
        if made.handoff.owner != self.owner:
            self._own(made.handoff.owner)
        return "moved"

    def _say(self, seen: Handoff, agent: AgentId) -> str:
        if self.guarded and (self.owner != Agent(agent) or self.epoch != seen.epoch):
            return "not theirs"
        self._speak(Author.AGENT, agent, seen.epoch)
        if self.handoff is not None and isinstance(self.handoff.state, Active):
            self.handoff = replace(self.handoff, answered=True)
        return "said"

    def _speak(self, author: Author, agent: AgentId | None, meant_for: int) -> None:
        self.seq += 1
        self.spoken.append(Spoken(author, agent, meant_for, self.epoch, self.owner))

    def _own(self, owner: Owner) -> None:
        self.owner, self.epoch, self.changes = owner, self.epoch + 1, self.changes + 1


def meant(owner: Owner, choice: int) -> Owner | None:
    """Whose the conversation is to be after a turn that says something; None says nothing."""
    match owner:
        case Bot():
            return Queue() if choice % 3 == 0 else Bot()
        case Queue():
            return Bot() if choice % 4 == 0 else None
        case Agent():
            return None


def faults(model: Model) -> list[str]:
    """What must never be so."""
    found = [
        f"{one.author} spoke while {one.owner} owned it"
        for one in model.spoken
        if not _may_speak(one)
    ]
    found += ["spoken from an old epoch" for one in model.spoken if one.meant_for != one.epoch]
    handoff = model.handoff if model.handoff and is_open(model.handoff) else None
    if model.owner != (handoff.owner if handoff else Bot()):
        found.append("the owner is not the handoff's")
    if handoff is not None and handoff.epoch != model.epoch:
        found.append("the epoch is not the handoff's")
    if model.changes != model.epoch:
        found.append("an epoch without a change of owner")
    return found


def _may_speak(spoken: Spoken) -> bool:
    match spoken.author:
        case Author.BOT:
            return not isinstance(spoken.owner, Agent)
        case Author.AGENT:
            return spoken.agent is not None and spoken.owner == Agent(spoken.agent)
        case _:
            return True
