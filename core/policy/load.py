"""Reads policy.toml, whose form the file that ships describes; every mistake is named at once."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.domain.errors import SettingsInvalid
from core.domain.understanding import Intent
from core.mistakes import Mistakes, texts
from core.policy.read_conditions import conditions
from core.policy.read_hours import hours
from core.policy.rules import (
    Action,
    Answer,
    ApologiseAndOffer,
    Condition,
    Disclaimer,
    Filter,
    HandOver,
    Has,
    Offer,
    OneOf,
    Policy,
    Route,
    Rule,
)
from core.policy.words import WordList

SHIPPED = Path(__file__).with_name("policy.toml")
MOST_RULES = 200
HIGHEST = 100
"""Priority; a handoff's own waiting raises it by one per `aging_s`."""
_PLAIN: Mapping[str, Action] = {
    "answer": Answer(),
    "offer": Offer(),
    "apologise_and_offer": ApologiseAndOffer(),
    "handoff": HandOver(),
    "filter": Filter(),
}
_FORMS = (
    f"do is one of {', '.join(_PLAIN)}, or a table with handoff (a team), people (a team, a"
    " priority, skills) or disclaimer (a sentence)"
)


def read(file: Path = SHIPPED) -> Policy:
    """The policy in a file.

    Raises:
        SettingsInvalid: it cannot be read, or has mistakes; all of them are named.
    """
    try:
        return parse(file.read_text(encoding="utf-8"), file.name)
    except OSError as broken:
        raise SettingsInvalid(f"{file.name} cannot be read: {broken.strerror}") from broken
    except UnicodeDecodeError as broken:
        raise SettingsInvalid(f"{file.name} cannot be read: it is not UTF-8") from broken


def parse(text: str, file: str = "policy.toml") -> Policy:
    """The policy in a text; raises what `read` does."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as broken:
        raise SettingsInvalid(f"{file} is not readable as TOML: {broken}") from broken
    mistakes = Mistakes(file)
    for name in sorted(data.keys() - {"words", "hours", "rule"}):
        mistakes.note(name, "there is no such table; there are words, hours and rule")
    lists = _lists(data.get("words", {}), mistakes)
    when_open = hours(data["hours"], mistakes) if "hours" in data else None
    rules = _rules(data.get("rule", []), lists, mistakes)
    _person_first(rules, mistakes)
    mistakes.raise_any()
    return Policy(rules=tuple(rules), hours=when_open)


def _lists(table: object, mistakes: Mistakes) -> dict[str, WordList]:
    if not isinstance(table, dict):
        mistakes.note("words", "write lists of words under [words]")
        return {}
    lists = {}
    for name, words in table.items():
        found = texts(words)
        if not found or any(not word.strip(" *") for word in found):
            mistakes.note(f"words.{name}", "a list of words is wanted, with at least one")
        # kept even then, so that the rules that name it are not wrong, too
        lists[name] = WordList(name, found or (name,))
    return lists


def _rules(tables: object, lists: Mapping[str, WordList], mistakes: Mistakes) -> list[Rule]:
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        mistakes.note("rule", "write [[rule]], with two brackets, over each rule")
        return []
    if len(tables) > MOST_RULES:
        mistakes.note("rule", f"there are {len(tables)}; {MOST_RULES} are read at most")
        return []
    rules = [_rule(number, table, lists, mistakes) for number, table in enumerate(tables, 1)]
    names = [rule.name for rule in rules]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        mistakes.note(f'rule "{name}"', "another rule has this name, too")
    return rules


def _rule(
    number: int, table: Mapping[str, Any], lists: Mapping[str, WordList], mistakes: Mistakes
) -> Rule:
    name = table.get("name")
    where = f'rule "{name}"' if isinstance(name, str) and name.strip() else f"rule {number}"
    if where == f"rule {number}":
        mistakes.note(where, "a name is wanted")
    for field in sorted(table.keys() - {"name", "when", "do"}):
        mistakes.note(where, f"there is no field {field}; there are name, when and do")
    when = conditions(where, table.get("when"), lists, mistakes)
    do = _action(where, table.get("do"), mistakes)
    if isinstance(do, Filter) and not _looks_at_answer(when):
        mistakes.note(where, "a filter needs when.answer_words: what it found there is masked")
    return Rule(name=str(name or where), when=when, do=do)


def _looks_at_answer(when: Sequence[Condition]) -> bool:
    return any(isinstance(one, Has) and one.of == "answer_words" for one in when)


def _action(where: str, form: object, mistakes: Mistakes) -> Action:
    match form:
        case str() if form in _PLAIN:
            return _PLAIN[form]
        case {"handoff": str(team), **rest} if team.strip() and not rest:
            return HandOver(team.strip())
        case {"people": dict(people), **rest} if people and not rest:
            return _route(where, people, mistakes)
        case {"disclaimer": str(text), **rest} if text.strip() and not rest:
            return Disclaimer({"": text.strip()})
        case {"disclaimer": dict(by_language), **rest} if by_language and not rest:
            return _disclaimer(where, by_language, mistakes)
        case _:
            mistakes.note(where, _FORMS)
            return Answer()


def _route(where: str, people: Mapping[str, Any], mistakes: Mistakes) -> Route:
    for field in sorted(people.keys() - {"team", "priority", "skills"}):
        mistakes.note(where, f"people has no {field}; there are team, priority and skills")
    team, priority = people.get("team"), people.get("priority", 0)
    skills = texts(people.get("skills"))
    if "team" in people and not (isinstance(team, str) and team.strip()):
        mistakes.note(where, "people.team is the name of a team")
    if type(priority) is not int or not 0 <= priority <= HIGHEST:
        mistakes.note(where, f"people.priority is a whole number from 0 to {HIGHEST}")
    if "skills" in people and not skills:
        mistakes.note(where, "people.skills is a list of skills")
    return Route(team=str(team or "").strip(), priority=priority, skills=skills)


def _disclaimer(where: str, by_language: Mapping[str, Any], mistakes: Mistakes) -> Disclaimer:
    said = {language: text for language, text in by_language.items() if isinstance(text, str)}
    if len(said) < len(by_language) or not all(text.strip() for text in said.values()):
        mistakes.note(where, "a disclaimer is a sentence, or one for each language")
    if "en" not in by_language:
        mistakes.note(where, "a disclaimer by language needs en, for all other languages")
    return Disclaimer({language: text.strip() for language, text in said.items()})


def _person_first(rules: Sequence[Rule], mistakes: Mistakes) -> None:
    """Nothing that an operator writes may stand between a customer and a person."""
    marks = Filter | Disclaimer | Route
    first = next((rule for rule in rules if not isinstance(rule.do, marks)), None)
    match first:
        case Rule(when=(OneOf("intent", labels),), do=HandOver()) if Intent.PERSON in labels:
            return
        case _:
            wanted = 'when.intent = ["person"] alone, with a handoff'
            mistakes.note("rule", f"the first rule that decides must be {wanted}")
