"""Hears what became of answers."""

from collections import Counter
from dataclasses import dataclass, field

from core.grounding.guard import Notes, Outcome, Verdict


@dataclass
class CountedNotes(Notes):
    """Keeps what it is told."""

    verdicts: Counter[str] = field(default_factory=Counter)
    outcomes: list[str] = field(default_factory=list)
    taken: int = 0

    def sentences(self, verdict: Verdict, number: int) -> None:
        self.verdicts[verdict] += number

    def answer(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)

    def links(self, taken: int) -> None:
        self.taken += taken
