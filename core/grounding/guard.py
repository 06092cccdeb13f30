"""Everything that stands between a model's text and a customer, in one value."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from core.domain.answers import Passage
from core.grounding.canary import Canary, Watch
from core.grounding.check import Checked, Grounds
from core.grounding.links import Links
from core.grounding.screen import Screen

Verdict = Literal["supported", "translated", "unsupported", "removed"]
"""Of sentences; `unsupported` ones of a first text may be gone from the second one."""
Outcome = Literal["whole", "regenerated", "trimmed", "declined", "cut", "leaked"]
"""Of answers: as written; written anew; less some sentences; nothing left of it; broken off by the
model; dropped because the rules showed. An answer can be several of these."""


class Notes(Protocol):
    """Hears what became of sentences and answers."""

    def sentences(self, verdict: Verdict, number: int) -> None:
        """So many of an answer."""
        ...

    def answer(self, outcome: Outcome) -> None:
        """What became of it."""
        ...

    def links(self, taken: int) -> None:
        """So many addresses and images were taken out of it."""
        ...


class NoNotes(Notes):
    """Hears nothing."""

    def sentences(self, verdict: Verdict, number: int) -> None:
        return

    def answer(self, outcome: Outcome) -> None:
        return

    def links(self, taken: int) -> None:
        return


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """One for the whole process: the canary is the same in every prompt, which servers cache."""

    grounds: Grounds = field(default_factory=Grounds)
    links: Links = field(default_factory=Links)
    canary: Canary = field(default_factory=Canary.fresh)
    notes: Notes = field(default_factory=NoNotes)

    def screen(self, rules: str, passages: Sequence[Passage]) -> Screen:
        """For an answer to these rules, from these passages."""
        return Screen(Watch(self.canary, rules), self.links.allowed(passages))

    def leaks(self, text: str, rules: str) -> bool:
        """Whether a whole text gives the rules away."""
        return Watch(self.canary, rules).feed(text)

    def note(self, first: Checked, checked: Checked, taken: int, *, regenerated: bool) -> None:
        """Tell what became of an answer: its first text, the one that is used, and its links."""
        doubted, foreign = len(first.doubted), first.translated
        supported = first.sentences - doubted - foreign
        self.notes.sentences("supported", max(supported, 0))
        self.notes.sentences("translated", foreign)
        self.notes.sentences("unsupported", doubted)
        self.notes.sentences("removed", len(checked.doubted))
        self.notes.links(taken)
        if regenerated:
            self.notes.answer("regenerated")
        if not checked.kept.text:
            self.notes.answer("declined")
        elif checked.doubted:
            self.notes.answer("trimmed")
        elif not regenerated:
            self.notes.answer("whole")
