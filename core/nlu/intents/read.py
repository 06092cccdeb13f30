"""Reads intents.toml, and examples from CSV; every mistake is named at once.

The form:

    [[intent]]
    name = "refund_status"
    examples = ["where is my refund", "退款什么时候到账"]
    languages = ["en", "zh"]     # where it holds; everywhere when left out
    do = "answer"                # or { reply = "..." }, { reply = { en = "...", zh = "..." } },
                                 # { handoff = TEAM }, { ticket = CATEGORY }, { tool = NAME }
"""

import csv
import io
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from core.domain.actions import (
    Action,
    Answer,
    CannedReply,
    HandOffTo,
    OpenTicket,
    UseTool,
)
from core.domain.errors import SettingsInvalid
from core.mistakes import Mistakes
from core.nlu.intents.catalogue import Catalogue, IntentDefinition, plain

STARTER = Path(__file__).parents[1] / "starter" / "intents.toml"
"""Common wishes of customers, in English and Chinese; written for this project."""
LEAST_EXAMPLES = 3
MOST_CHARACTERS = 1_000
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_FIELDS = {"name", "examples", "do", "languages"}
_FORMS = 'do is "answer", or a table with one of reply, handoff, ticket, tool'


def read(file: Path) -> Catalogue:
    """The catalogue in a file.

    Raises:
        SettingsInvalid: it cannot be read, or has mistakes; all of them are named.
    """
    try:
        return parse(file.read_text(encoding="utf-8"), file.name)
    except (OSError, UnicodeDecodeError) as broken:
        raise SettingsInvalid(f"{file.name} cannot be read: {_reason(broken)}") from broken


def parse(text: str, file: str = "intents.toml") -> Catalogue:
    """The catalogue in a text; raises what `read` does."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as broken:
        raise SettingsInvalid(f"{file} is not readable as TOML: {broken}") from broken
    mistakes = Mistakes(file)
    for name in data:
        if name != "intent":
            mistakes.note(name, "there is no such table; intents stand under [[intent]]")
    tables = data.get("intent", [])
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        mistakes.note("intent", "write [[intent]], with two brackets, over each intent")
        tables = []
    elif not tables:
        mistakes.note("intent", "there is none")
    found = [_intent(number, table, mistakes) for number, table in enumerate(tables, 1)]
    _compare(found, mistakes)
    mistakes.raise_any()
    return Catalogue(tuple(found))


def from_csv(text: str, file: str = "the CSV file") -> Catalogue:
    """A catalogue of examples with their labels, each to be answered from the documents.

    The first line names the columns: `text` and `label` (or `category`, or `intent`).

    Raises:
        SettingsInvalid: every mistake.
    """
    mistakes = Mistakes(file)
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    columns = {name.strip().lower(): name for name in rows.fieldnames or () if name}
    label = next(
        (columns[name] for name in ("label", "category", "intent") if name in columns), ""
    )
    if "text" not in columns or not label:
        mistakes.note("line 1", "the columns text and label are wanted")
        mistakes.raise_any()
    examples: dict[str, list[str]] = {}
    for row in rows:
        said = " ".join((row[columns["text"]] or "").split())
        name = _as_name(row[label] or "")
        if not said or not _NAME.fullmatch(name):
            mistakes.note(f"line {rows.line_num}", "a text and a label of letters are wanted")
            continue
        examples.setdefault(name, []).append(said)
    if not examples and not mistakes.sentences:
        mistakes.note("line 2", "there is no example")
    found = [IntentDefinition(name, tuple(dict.fromkeys(own))) for name, own in examples.items()]
    _compare(found, mistakes)
    mistakes.raise_any()
    return Catalogue(tuple(found))


def write(catalogue: Catalogue) -> str:
    """The catalogue as intents.toml; `parse` reads it back as it was."""
    return "\n".join(_written(intent) for intent in catalogue.intents)


def _intent(number: int, table: Mapping[str, Any], mistakes: Mistakes) -> IntentDefinition:
    name = table.get("name")
    where = name if isinstance(name, str) and name else f"intent {number}"
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        mistakes.note(where, "its name is lower-case letters, digits and underscores, 63 at most")
    for unknown in sorted(set(table) - _FIELDS):
        mistakes.note(where, f"there is no field {unknown}")
    examples = _texts(table.get("examples"))
    if examples is None:
        mistakes.note(where, "examples is a list of texts")
    languages = _texts(table.get("languages", []))
    if languages is None or not all(map(_LANGUAGE.fullmatch, languages)):
        mistakes.note(where, 'languages is a list such as ["en", "zh"]')
    action = _action(table.get("do", "answer"))
    if isinstance(action, str):
        mistakes.note(where, action)
        action = Answer()
    return IntentDefinition(where, examples or (), action, languages or ())


def _action(said: object) -> Action | str:
    """What is to be done; a sentence where that cannot be known."""
    if said == "answer":
        return Answer()
    if not isinstance(said, dict) or len(said) != 1:
        return _FORMS
    ((kind, value),) = said.items()
    if kind == "reply":
        return _reply(value)
    makers: dict[str, Callable[[str], Action]] = {
        "handoff": HandOffTo,
        "ticket": OpenTicket,
        "tool": UseTool,
    }
    if kind not in makers:
        return _FORMS
    if not isinstance(value, str) or not value.strip():
        return f"{kind} is a name, in quotation marks"
    return makers[kind](value.strip())


def _reply(value: object) -> CannedReply | str:
    texts = {"": value} if isinstance(value, str) else value
    if not isinstance(texts, dict) or not texts:
        return "reply is a text, or a table of texts by language"
    for language, text in texts.items():
        if not isinstance(text, str) or not text.strip():
            return "every reply is a text"
        if language and not _LANGUAGE.fullmatch(language):
            return f"{language} is no language: write en, zh"
    return CannedReply(texts)


def _compare(found: Iterable[IntentDefinition], mistakes: Mistakes) -> None:
    """Notes what only shows when intents stand side by side, and too few or too long examples."""
    names: set[str] = set()
    owners: dict[str, str] = {}
    for intent in found:
        if intent.name in names:
            mistakes.note(intent.name, "the name is there twice")
        names.add(intent.name)
        if len(intent.examples) < LEAST_EXAMPLES:
            mistakes.note(intent.name, f"at least {LEAST_EXAMPLES} different examples are wanted")
        for number, example in enumerate(intent.examples, 1):
            if len(example) > MOST_CHARACTERS:
                mistakes.note(intent.name, f"example {number} is longer than {MOST_CHARACTERS}")
            owner = owners.setdefault(example.casefold(), intent.name)
            if owner != intent.name:
                mistakes.note(intent.name, f"example {number} is an example of {owner}, too")


def _texts(value: object) -> tuple[str, ...] | None:
    """Each text once; None for what is no list of texts."""
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        return None
    folded = (" ".join(one.split()) for one in value)
    return tuple(dict.fromkeys(one for one in folded if one))


def _as_name(label: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", label.strip().lower()).strip("_")


def _written(intent: IntentDefinition) -> str:
    lines = ["[[intent]]", f"name = {_toml(intent.name)}", f"do = {_toml(plain(intent.action))}"]
    if intent.languages:
        lines.append(f"languages = {_toml(list(intent.languages))}")
    lines += ["examples = [", *(f"  {_toml(text)}," for text in intent.examples), "]", ""]
    return "\n".join(lines)


def _toml(value: object) -> str:
    """A text, a list of texts or a table of such, on one line."""
    match value:
        case str():
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{re.sub(_CONTROL, _escaped, escaped)}"'
        case list():
            return f"[{', '.join(map(_toml, value))}]"
        case dict():
            pairs = ", ".join(f"{_toml(key)} = {_toml(one)}" for key, one in value.items())
            return f"{{ {pairs} }}"
        case _:
            raise TypeError(type(value).__name__)


_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def _escaped(control: re.Match[str]) -> str:
    return f"\\u{ord(control.group()):04x}"


def _reason(broken: OSError | UnicodeDecodeError) -> str:
    return getattr(broken, "strerror", None) or "it is not UTF-8"
