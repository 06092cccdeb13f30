"""Which rule fires, and why. Pure: the same policy and situation give the same judgement.

`core/turn/decide.py` asks twice: before a word is written, so that nothing is written for a turn
that goes to a person, and again with the answer.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import TypeGuard, assert_never

from core.policy.rules import (
    NO_ROUTE,
    Answer,
    Condition,
    Customer,
    CustomerWithin,
    Deciding,
    Disclaimer,
    Filter,
    Has,
    OneOf,
    Open,
    Policy,
    Route,
    Rule,
    Within,
)
from core.policy.situation import Situation
from core.policy.words import WordList

UNCHANGED = "no rule"
"""The name under which a turn goes on that no rule decided."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A condition, what it was held against, and what came out."""

    condition: Condition
    value: object
    """Of the situation: a label, a number, the words found; None where it is not known."""
    holds: bool


@dataclass(frozen=True, slots=True)
class Weighed:
    """A rule that was asked, with all of its conditions."""

    rule: Rule
    checked: tuple[Checked, ...]

    @property
    def fired(self) -> bool:
        """Whether all conditions held."""
        return all(one.holds for one in self.checked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a policy says of a situation."""

    do: Deciding
    rule: str
    """The name of the rule that decided, or `UNCHANGED`."""
    answer: str
    """The situation's answer with words masked and disclaimers below; empty if it was."""
    route: Route
    """Who takes over, if somebody does."""
    weighed: tuple[Weighed, ...]
    """Every rule that was asked, in order; the deciding one comes last."""


def judge(policy: Policy, situation: Situation) -> Judgement:
    """Ask the rules in order until one decides."""
    asked: list[Weighed] = []
    for rule in policy.rules:
        weighed = Weighed(rule, tuple(_check(one, situation) for one in rule.when))
        asked.append(weighed)
        if weighed.fired and not isinstance(rule.do, Filter | Disclaimer | Route):
            return _judgement(rule.do, rule.name, situation, asked)
    return _judgement(Answer(), UNCHANGED, situation, asked)


def filters(policy: Policy, situation: Situation) -> tuple[WordList, ...]:
    """The lists whose words an answer in this situation must not have, before it is written."""
    found: list[WordList] = []
    for rule in policy.rules:
        if isinstance(rule.do, Filter):
            others = [one for one in rule.when if not _of_answer(one)]
            if all(_check(one, situation).holds for one in others):
                found += [words for one in rule.when if _of_answer(one) for words in one.lists]
    return tuple(found)


def _judgement(do: Deciding, name: str, situation: Situation, asked: list[Weighed]) -> Judgement:
    answer = situation.answer
    if answer:
        answer = "\n\n".join((_masked(answer, asked), *_below(situation.language, asked)))
    return Judgement(do=do, rule=name, answer=answer, route=_route(asked), weighed=tuple(asked))


def _route(asked: list[Weighed]) -> Route:
    found = NO_ROUTE
    for weighed in asked:
        if weighed.fired and isinstance(weighed.rule.do, Route):
            found = found.joined(weighed.rule.do)
    return found


def _of_answer(condition: Condition) -> TypeGuard[Has]:
    return isinstance(condition, Has) and condition.of == "answer_words"


def _masked(answer: str, asked: list[Weighed]) -> str:
    for weighed in asked:
        if weighed.fired and isinstance(weighed.rule.do, Filter):
            for condition in filter(_of_answer, weighed.rule.when):
                for words in condition.lists:
                    answer = words.masked(answer)
    return answer


def _below(language: str, asked: list[Weighed]) -> Iterator[str]:
    for weighed in asked:
        if weighed.fired and isinstance(weighed.rule.do, Disclaimer):
            yield weighed.rule.do.in_language(language)


def _check(condition: Condition, situation: Situation) -> Checked:
    match condition:
        case OneOf(of, labels):
            label = _label(of, situation)
            return Checked(condition, label, label in labels)
        case Within():
            number = _number(condition.of, situation)
            return Checked(condition, number, _lies(condition, number))
        case Has(of, lists):
            text = situation.text if of == "words" else situation.answer
            found = tuple(word for words in lists for word in words.found(text))
            return Checked(condition, found, bool(found))
        case Customer(attribute, values):
            value = situation.attributes.get(attribute)
            return Checked(condition, value, value in values)
        case CustomerWithin(attribute=attribute):
            said = situation.attributes.get(attribute)
            return Checked(condition, said, _lies(condition, _amount(said)))
        case Open(wanted):
            return Checked(condition, situation.open, situation.open is wanted)
        case _:
            assert_never(condition)


def _label(of: str, situation: Situation) -> str:
    labels = {
        "intent": situation.intent.label,
        "emotion": situation.emotion.label,
        "language": situation.language,
    }
    return labels[of]


def _number(of: str, situation: Situation) -> float | None:
    numbers = {
        "frustration": situation.frustration,
        "confidence": situation.confidence,
        "intent_confidence": situation.intent.confidence,
        "emotion_confidence": situation.emotion.confidence,
        "repeats": situation.repeats,
        "unknowns": situation.unknowns,
        "offers": situation.offers,
    }
    return numbers[of]


def _amount(said: str | None) -> float | None:
    try:
        found = float(said or "")
    except ValueError:
        return None
    return found if isfinite(found) else None


def _lies(condition: Within | CustomerWithin, number: float | None) -> bool:
    if number is None:
        return False
    if condition.at_least is not None and number < condition.at_least:
        return False
    return condition.below is None or number < condition.below
