"""A judgement in words, for people, and in plain values, for programs."""

from collections.abc import Iterator
from typing import assert_never

from core.policy.judge import Checked, Judgement
from core.policy.rules import (
    Action,
    Answer,
    ApologiseAndOffer,
    Condition,
    Customer,
    Disclaimer,
    Filter,
    HandOver,
    Has,
    Offer,
    OneOf,
    Open,
    Within,
)


def lines(judgement: Judgement) -> Iterator[str]:
    """What is done and by which rule, then every rule that was asked with its conditions."""
    yield f"{said(judgement.do)}  ({judgement.rule})"
    for weighed in judgement.weighed:
        mark = "fires" if weighed.fired else "does not hold"
        yield f"\n{weighed.rule.name}: {mark} -> {said(weighed.rule.do)}"
        for checked in weighed.checked:
            holds = "yes" if checked.holds else "no"
            yield f"    {holds:3}  {wanted(checked.condition)}: {_value(checked)}"


def plain(judgement: Judgement) -> dict[str, object]:
    """The same, to be printed as JSON."""
    return {
        "do": said(judgement.do),
        "rule": judgement.rule,
        "answer": judgement.answer,
        "rules": [
            {
                "name": weighed.rule.name,
                "do": said(weighed.rule.do),
                "fired": weighed.fired,
                "conditions": [
                    {
                        "wanted": wanted(checked.condition),
                        "value": checked.value,
                        "holds": checked.holds,
                    }
                    for checked in weighed.checked
                ],
            }
            for weighed in judgement.weighed
        ],
    }


def said(action: Action) -> str:
    """An action as policy.toml names it."""
    match action:
        case Answer():
            return "answer"
        case HandOver(team):
            return f"handoff to {team}" if team else "handoff"
        case Offer():
            return "offer"
        case ApologiseAndOffer():
            return "apologise_and_offer"
        case Filter():
            return "filter"
        case Disclaimer():
            return "disclaimer"
        case _:
            assert_never(action)


def wanted(condition: Condition) -> str:
    """A condition in few words."""
    match condition:
        case OneOf(of, labels):
            return f"{of} is {' or '.join(labels)}"
        case Within():
            return _range(condition)
        case Has(of, lists):
            return f"{of} of {' or '.join(words.name for words in lists)}"
        case Customer(attribute, values):
            return f"attribute {attribute} is {' or '.join(values)}"
        case Open(wished):
            return "people are there" if wished else "nobody is there"
        case _:
            assert_never(condition)


def _range(condition: Within) -> str:
    ends = []
    if condition.at_least is not None:
        ends.append(f"at least {condition.at_least:g}")
    if condition.below is not None:
        ends.append(f"below {condition.below:g}")
    return f"{condition.of} {' and '.join(ends)}"


def _value(checked: Checked) -> str:
    match checked.value:
        case None:
            return "not known"
        case ():
            return "none found"
        case tuple() as found:
            return ", ".join(map(str, found))
        case bool() as there:
            return "yes" if there else "no"
        case float() as number:
            return f"{number:.2f}"
        case other:
            return str(other)
