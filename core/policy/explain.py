"""A judgement in words, for people, and in plain values, for programs."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import assert_never

from core.policy.judge import Checked, Judgement
from core.policy.rules import (
    NO_ROUTE,
    Action,
    Answer,
    ApologiseAndOffer,
    Condition,
    Customer,
    CustomerWithin,
    Disclaimer,
    Filter,
    HandOver,
    Has,
    Offer,
    OneOf,
    Open,
    Route,
    Within,
)

_NAMES: Mapping[type[Action], str] = {
    Answer: "answer",
    Offer: "offer",
    ApologiseAndOffer: "apologise_and_offer",
    Filter: "filter",
    Disclaimer: "disclaimer",
}


def lines(judgement: Judgement) -> Iterator[str]:
    """What is done and by which rule, then every rule that was asked with its conditions."""
    yield f"{said(judgement.do)}  ({judgement.rule})"
    if judgement.route != NO_ROUTE:
        yield said(judgement.route)
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
        "route": asdict(judgement.route),
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
        case HandOver(team):
            return f"handoff to {team}" if team else "handoff"
        case Route():
            return _route(action)
        case Answer() | Offer() | ApologiseAndOffer() | Filter() | Disclaimer():
            return _NAMES[type(action)]
        case _:
            assert_never(action)


def wanted(condition: Condition) -> str:
    """A condition in few words."""
    match condition:
        case OneOf(of, labels):
            return f"{of} is {' or '.join(labels)}"
        case Within():
            return _range(condition.of, condition)
        case CustomerWithin():
            return _range(f"attribute {condition.attribute}", condition)
        case Has(of, lists):
            return f"{of} of {' or '.join(words.name for words in lists)}"
        case Customer(attribute, values):
            return f"attribute {attribute} is {' or '.join(values)}"
        case Open(wished):
            return "people are there" if wished else "nobody is there"
        case _:
            assert_never(condition)


def _route(route: Route) -> str:
    parts = [
        f"to {route.team}" if route.team else "",
        f"priority {route.priority}" if route.priority else "",
        f"skills {', '.join(route.skills)}" if route.skills else "",
    ]
    return f"people: {', '.join(filter(None, parts))}"


def _range(of: str, condition: Within | CustomerWithin) -> str:
    ends = []
    if condition.at_least is not None:
        ends.append(f"at least {condition.at_least:g}")
    if condition.below is not None:
        ends.append(f"below {condition.below:g}")
    return f"{of} {' and '.join(ends)}"


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
