"""Who is there on a simulated day at the desk, and who comes."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from core.domain.ids import AgentId
from handoff.assignment import Person, Presence
from handoff.life import Wants
from handoff.practice import Practice

START = datetime.fromisoformat("2026-06-01T08:00:00+00:00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What people do; times in seconds are means."""

    seed: int = 1
    agents: int = 50
    conversations: int = 5_000
    length_s: float = 8 * 3600
    capacity: int = 3
    talk_s: float = 780
    answer_s: float = 8
    """From an offer to its acceptance."""
    ignored: float = 0.03
    """Share of offers that nobody answers."""
    declined: float = 0.02
    patience_s: float = 1500
    """Then a customer leaves who still waits."""
    gone_every_s: float = 600
    """Somewhere an agent's connection breaks for a quarter of an hour."""
    practice: Practice = field(default_factory=Practice)


def arrivals(day: Day, dice: random.Random) -> Sequence[tuple[Wants, datetime]]:
    """Who comes when: more of them in the late morning and in the afternoon."""
    found = []
    while len(found) < day.conversations:
        share = dice.random()
        crowd = 0.55 + 0.45 * max(0.0, 1 - abs(share - 0.35) * 5, 1 - abs(share - 0.75) * 6)
        if dice.random() < crowd:
            at = START + timedelta(seconds=share * day.length_s)
            found.append((_wants(dice), at))
    return sorted(found, key=lambda each: each[1])


def _wants(dice: random.Random) -> Wants:
    skill = dice.choices(("", "refunds", "repairs"), (60, 25, 15))[0]
    return Wants(
        reason="asked for a person",
        language=dice.choices(("en", "de", "zh"), (70, 20, 10))[0],
        skills=frozenset({skill} if skill else ()),
        priority=dice.choices((0, 1, 2), (80, 15, 5))[0],
    )


def crew(day: Day) -> list[Person]:
    """The agents as the day begins."""
    dice = random.Random(day.seed + 1)
    return [
        Person(
            id=AgentId(UUID(int=number)),
            name=f"Agent {number}",
            presence=Presence.ONLINE,
            capacity=day.capacity,
            languages=frozenset({"en", *dice.choices(("en", "de", "zh"), (50, 32, 18))}),
            skills=frozenset(dice.choices(("refunds", "repairs", "none"), (45, 30, 25), k=2)),
            free_since=START,
            seen_at=START,
        )
        for number in range(1, day.agents + 1)
    ]
