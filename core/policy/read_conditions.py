"""Reads what stands under `when` of a rule."""

from collections.abc import Mapping
from typing import Literal, cast

from core.domain.customers import value_text
from core.mistakes import Mistakes, texts
from core.policy.rules import (
    LABELS,
    LEVELS,
    Condition,
    Customer,
    CustomerWithin,
    Has,
    OneOf,
    Open,
    Within,
)
from core.policy.words import WordList

_SHARES = {"frustration", "confidence", "intent_confidence", "emotion_confidence"}
_TEXTS = ("words", "answer_words")
_Ends = tuple[float | None, float | None]
_ALL = (*LABELS, *LEVELS, *_TEXTS, "attributes", "open")


def conditions(
    where: str, table: object, lists: Mapping[str, WordList], mistakes: Mistakes
) -> tuple[Condition, ...]:
    """All conditions of a rule, as far as they can be read; what cannot is noted.

    A rule without `when` always holds.
    """
    if table is None:
        return ()
    if not isinstance(table, dict) or not table:
        mistakes.note(where, "conditions are wanted under when; a rule without when always holds")
        return ()
    found: list[Condition] = []
    for name, form in table.items():
        place = f"{where}, when.{name}"
        if name == "attributes":
            found.extend(_attributes(place, form, mistakes))
        elif condition := _one(place, name, form, lists, mistakes):
            found.append(condition)
    return tuple(found)


def _one(
    place: str, name: str, form: object, lists: Mapping[str, WordList], mistakes: Mistakes
) -> Condition | None:
    if name in LABELS:
        return _labels(place, name, form, mistakes)
    if name in LEVELS:
        return _range(place, name, form, mistakes)
    if name in _TEXTS:
        return _words(place, name, form, lists, mistakes)
    if name == "open":
        if isinstance(form, bool):
            return Open(form)
        mistakes.note(place, "true or false is wanted")
        return None
    mistakes.note(place, f"there is no such condition; there are {', '.join(_ALL)}")
    return None


def _labels(place: str, name: str, form: object, mistakes: Mistakes) -> OneOf | None:
    labels = texts(form)
    if not labels:
        mistakes.note(place, "a list of labels is wanted")
        return None
    return OneOf(name, labels)


def _range(place: str, name: str, form: object, mistakes: Mistakes) -> Within | None:
    ends = _ends(place, form, mistakes)
    if ends is None:
        return None
    if name in _SHARES and not all(0 <= end <= 1 for end in ends if end is not None):
        mistakes.note(place, f"{name} lies between 0 and 1")
    return Within(of=name, at_least=ends[0], below=ends[1])


def _ends(place: str, form: object, mistakes: Mistakes) -> _Ends | None:
    if not isinstance(form, dict) or not form or form.keys() - {"at_least", "below"}:
        mistakes.note(place, "a table with at_least, below or both is wanted")
        return None
    # a bool is an int to Python, not to an operator
    if not all(
        isinstance(end, int | float) and not isinstance(end, bool) for end in form.values()
    ):
        mistakes.note(place, "at_least and below are numbers")
        return None
    least, below = form.get("at_least"), form.get("below")
    if least is not None and below is not None and least >= below:
        mistakes.note(place, "nothing is at least as great as at_least and below below")
    return least, below


def _words(
    place: str, name: str, form: object, lists: Mapping[str, WordList], mistakes: Mistakes
) -> Has | None:
    names = texts(form)
    if not names:
        mistakes.note(place, "a list of names of word lists is wanted")
        return None
    for unknown in (one for one in names if one not in lists):
        known = ", ".join(lists) or "none"
        mistakes.note(place, f"there is no list {unknown} under [words]; there are {known}")
    kept = tuple(lists[one] for one in names if one in lists)
    return Has(cast("Literal['words', 'answer_words']", name), kept)


def _attributes(place: str, form: object, mistakes: Mistakes) -> list[Condition]:
    if not isinstance(form, dict) or not form:
        mistakes.note(place, 'a table is wanted, for instance { plan = "gold" }')
        return []
    found = [_attribute(f"{place}.{name}", name, one, mistakes) for name, one in form.items()]
    return [one for one in found if one is not None]


def _attribute(place: str, name: str, form: object, mistakes: Mistakes) -> Condition | None:
    if isinstance(form, dict):
        ends = _ends(place, form, mistakes)
        if ends is None:
            return None
        return CustomerWithin(attribute=name, at_least=ends[0], below=ends[1])
    values = tuple(map(value_text, form if isinstance(form, list) else [form]))
    known = tuple(value for value in values if value is not None)
    if not known or len(known) < len(values):
        mistakes.note(
            place, "a value is wanted, a list of values, or a table with at_least, below"
        )
        return None
    return Customer(name, known)
