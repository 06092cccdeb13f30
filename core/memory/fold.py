"""Adds the facts of messages to a memory, and lets go of what there is no room for.

What is said again stands once, where it was said first: a bot that repeats a number, a customer
who is asked for it. The same date in another sentence is another fact.

What goes first when there is no room, the older before the newer of the same rank:

1. names and figures of questions that were answered, and those that the bot mentioned;
2. sentences that tell something, but nothing of these below;
3. what customers say of themselves, numbers and dates: they tell most within their talk;
4. the last questions that are open, while older ones go with the second: a customer who still
   wants to know asks again;
5. names and references that the customer gave: they would have to be asked for again;
6. promises: nobody but this service has them to keep.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from core.domain.memory import Fact, Kind, Memory
from core.domain.messages import Author, Message
from core.memory.budget import Budget
from core.memory.entities import entities
from core.memory.gather import gather, kind_of
from core.memory.speech import asks, states
from core.memory.told import line
from core.models.ports import Count
from core.nlu.words import telling_terms

_MENTIONED, _PLAIN = 0, 1
_RANKS = {
    Kind.STATED: 2,
    Kind.NUMBER: 2,
    Kind.DATE: 2,
    Kind.QUESTION: 3,
    Kind.NAME: 4,
    Kind.REFERENCE: 4,
    Kind.PROMISE: 5,
}
_OF_ENTITIES = frozenset({Kind.NUMBER, Kind.DATE, Kind.NAME, Kind.REFERENCE})
_QUESTIONS = 6
"""Open questions that count as such; of more the latest."""
_SAME = 0.6
"""The share of a sentence's terms by which it says the same as another."""


def fold(memory: Memory, messages: Sequence[Message], budget: Budget, count: Count) -> Memory:
    """The memory with the facts of these messages, which come behind all that it has."""
    facts = _without_answered(memory.facts, messages)
    before = [_Seen.of(fact) for fact in facts]
    for fact in gather(messages):
        seen = _Seen.of(fact)
        if not any(seen.repeats(other) for other in before):
            facts.append(fact)
            before.append(seen)
    return replace(memory, facts=bounded(facts, budget.for_facts, count))


@dataclass(frozen=True, slots=True)
class _Seen:
    """A fact as it is compared with others."""

    fact: Fact
    keys: frozenset[str]
    terms: frozenset[str]

    @classmethod
    def of(cls, fact: Fact) -> Self:
        keys = frozenset(one.key for one in entities(fact.text))
        return cls(fact, keys, frozenset(telling_terms(fact.text)))

    def repeats(self, other: "_Seen") -> bool:
        """Whether it brings nothing that the other one has not brought."""
        if self.fact.text == other.fact.text:
            return True
        if self.fact.kind not in _OF_ENTITIES or not self.keys <= other.keys:
            return False
        return self.fact.by is Author.BOT or _is_same(self.terms, other.terms)


def bounded(facts: Sequence[Fact], room: int, count: Count) -> tuple[Fact, ...]:
    """Those that fit, in their order; which ones go is said above."""
    sizes = [count(line(fact)) for fact in facts]
    ranks = _ranks(facts)
    over = sum(sizes) - room
    gone: set[int] = set()
    for place in sorted(range(len(facts)), key=lambda place: (ranks[place], place)):
        if over <= 0:
            break
        gone.add(place)
        over -= sizes[place]
    return tuple(fact for place, fact in enumerate(facts) if place not in gone)


def _ranks(facts: Sequence[Fact]) -> list[int]:
    questions = [place for place, fact in enumerate(facts) if fact.kind is Kind.QUESTION]
    old = frozenset(questions[:-_QUESTIONS])
    return [_PLAIN if place in old else _rank(fact) for place, fact in enumerate(facts)]


def _rank(fact: Fact) -> int:
    if fact.kind in _OF_ENTITIES - {Kind.REFERENCE}:
        mentioned = fact.by is Author.BOT or asks(fact.text)
        return _MENTIONED if mentioned else _RANKS[fact.kind]
    if fact.kind is Kind.STATED and not (fact.by is Author.CUSTOMER and states(fact.text)):
        return _PLAIN
    return _RANKS[fact.kind]


def _without_answered(facts: Sequence[Fact], messages: Sequence[Message]) -> list[Fact]:
    """Without the open questions that are asked again: how they stand now is gathered anew.

    One that names something stays for the sake of that.
    """
    asked = [
        frozenset(telling_terms(message.text))
        for message in messages
        if message.author is Author.CUSTOMER
    ]
    kept: list[Fact] = []
    for fact in facts:
        terms = frozenset(telling_terms(fact.text))
        if fact.kind is not Kind.QUESTION or not any(_is_same(terms, other) for other in asked):
            kept.append(fact)
        elif found := entities(fact.text):
            kept.append(replace(fact, kind=kind_of(found)))
    return kept


def _is_same(terms: frozenset[str], other: frozenset[str]) -> bool:
    return len(terms & other) >= _SAME * len(terms)
