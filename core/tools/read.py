"""Reads tools.toml, whose form the example beside this module shows; all mistakes at once."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.domain.errors import SettingsInvalid
from core.mistakes import Mistakes, texts
from core.tools.read_tool import Reading, read_tool
from core.tools.tool import Declared

EXAMPLE = Path(__file__).with_name("example.toml")
MOST_TOOLS = 50
_TABLES = {"hosts", "private_hosts", "choose", "tool"}


def read(file: Path, secrets: Mapping[str, str]) -> Declared:
    """The tools in a file.

    Args:
        file: where it is.
        secrets: what stands for `${name}` in headers.

    Raises:
        SettingsInvalid: it cannot be read, or has mistakes; all of them are named, no secret is.
    """
    try:
        return parse(file.read_text(encoding="utf-8"), secrets, file.name)
    except OSError as broken:
        raise SettingsInvalid(f"{file.name} cannot be read: {broken.strerror}") from broken
    except UnicodeDecodeError as broken:
        raise SettingsInvalid(f"{file.name} cannot be read: it is not UTF-8") from broken


def parse(text: str, secrets: Mapping[str, str], file: str = "tools.toml") -> Declared:
    """The tools in a text; raises what `read` does."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as broken:
        raise SettingsInvalid(f"{file} is not readable as TOML: {broken}") from broken
    mistakes = Mistakes(file)
    for name in sorted(data.keys() - _TABLES):
        mistakes.note(name, f"there is no such field; there are {', '.join(sorted(_TABLES))}")
    reading = Reading(
        hosts=_hosts("hosts", data, mistakes),
        private=_hosts("private_hosts", data, mistakes),
        secrets=secrets,
        mistakes=mistakes,
    )
    if data.get("choose", "intent") not in {"intent", "model"}:
        mistakes.note("choose", "it is intent or model")
    found = [read_tool(at, one, reading) for at, one in enumerate(_tools(data, mistakes), 1)]
    names = [tool.name for tool in found if tool]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        mistakes.note(f'tool "{name}"', "another tool has this name, too")
    mistakes.raise_any()
    return Declared(
        tools=tuple(tool for tool in found if tool),
        private_hosts=reading.private,
        choose=data.get("choose", "intent"),
    )


def _hosts(name: str, data: Mapping[str, Any], mistakes: Mistakes) -> frozenset[str]:
    if name not in data:
        return frozenset()
    found = texts(data[name])
    if not found or any(not one.strip() or "/" in one or "*" in one for one in found):
        mistakes.note(name, 'a list of whole host names is wanted, as ["shop.example"]')
    return frozenset(one.strip().lower() for one in found)


def _tools(data: Mapping[str, Any], mistakes: Mistakes) -> Sequence[Mapping[str, Any]]:
    tables = data.get("tool", [])
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        mistakes.note("tool", "write [[tool]], with two brackets, over each tool")
        return []
    if len(tables) > MOST_TOOLS:
        mistakes.note("tool", f"there are {len(tables)}; {MOST_TOOLS} are read at most")
        return []
    return tables
