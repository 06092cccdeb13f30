"""Reads experiments from a TOML file.

```toml
[shorter]
tenants = ["acme"]                       # left out: all
[shorter.variants.control]
[shorter.variants.short]
weight = 0.5                             # left out: 1
prompt = "answer-short"                  # left out: answer
targets = ["main-2"]                     # left out: all; without = [...] leaves some out
temperature = 0.3
max_tokens = 200
```
"""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from core.domain.errors import SetupError
from core.mistakes import Mistakes
from core.models.catalogue import Catalogue
from core.models.experiments import Experiment, Variant

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_FIELDS = tuple(field.name for field in fields(Variant) if field.name != "name")
_LONGEST = 100_000
_NUMBERS = {"weight": (0, 1_000_000), "temperature": (0, 2), "max_tokens": (1, _LONGEST)}


def read(path: Path, catalogue: Catalogue, targets: Collection[str]) -> tuple[Experiment, ...]:
    """The experiments of a file, with prompts and models that there are.

    Raises:
        SettingsInvalid: every mistake.
    """
    mistakes = Mistakes(str(path))
    try:
        form = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        mistakes.note("the file", "cannot be read")
        form = {}
    except tomllib.TOMLDecodeError as broken:
        mistakes.note("the file", f"is no TOML: {broken}")
        form = {}
    reader = _Reader(catalogue, targets, mistakes)
    found = tuple(reader.experiment(name, said) for name, said in form.items())
    mistakes.raise_any()
    return found


class _Reader:
    """Makes values of what a file says, and notes what is wrong with it."""

    def __init__(self, catalogue: Catalogue, targets: Collection[str], mistakes: Mistakes) -> None:
        self._catalogue = catalogue
        self._targets = targets
        self._mistakes = mistakes

    def experiment(self, name: str, said: Any) -> Experiment:
        if not _NAME.fullmatch(name):
            self._mistakes.note(name, "is no name: lower-case letters, digits and hyphens")
        form = self._table(name, said, ("tenants", "variants"))
        tenants = self._texts(name, "tenants", form)
        listed = form.get("variants")
        if not isinstance(listed, Mapping) or not listed:
            self._mistakes.note(name, f"has no variants, such as [{name}.variants.control]")
            listed = {}
        variants = tuple(
            self._variant(f"{name}.variants.{one}", one, what) for one, what in listed.items()
        )
        if variants and not any(variant.weight for variant in variants):
            self._mistakes.note(name, "has no variant with a weight above 0")
        return Experiment(name=name, variants=variants, tenants=tenants)

    def _variant(self, where: str, name: str, said: Any) -> Variant:
        if not _NAME.fullmatch(name):
            self._mistakes.note(where, "is no name: lower-case letters, digits and hyphens")
        form = self._table(where, said, _FIELDS)
        values: dict[str, Any] = {
            field: form[field]
            for field, bounds in _NUMBERS.items()
            if field in form and self._is_number(where, field, form[field], bounds)
        }
        if "prompt" in form:
            values["prompt"] = self._prompt(where, form["prompt"])
        only, without = self._models(where, form)
        return Variant(name=name, targets=only, without=without, **values)

    def _models(
        self, where: str, form: Mapping[str, Any]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        only, without = (self._texts(where, field, form) for field in ("targets", "without"))
        for target in {*only, *without} - set(self._targets):
            self._mistakes.note(where, f"{target} is no model of the settings")
        if self._targets and not set(only or self._targets) - set(without):
            self._mistakes.note(where, "leaves no model to write")
        return only, without

    def _table(self, where: str, said: Any, known: Collection[str]) -> Mapping[str, Any]:
        if not isinstance(said, Mapping):
            self._mistakes.note(where, "must be a table")
            return {}
        for field in said.keys() - set(known):
            self._mistakes.note(where, f"{field} is unknown; there are {', '.join(known)}")
        return said

    def _is_number(self, where: str, field: str, value: Any, bounds: tuple[float, float]) -> bool:
        whole = field == "max_tokens"
        kind = int if whole else int | float
        right = isinstance(value, kind) and not isinstance(value, bool)
        if right and bounds[0] <= value <= bounds[1]:
            return True
        word = "a whole number" if whole else "a number"
        self._mistakes.note(where, f"{field} must be {word} from {bounds[0]} to {bounds[1]}")
        return False

    def _texts(self, where: str, field: str, form: Mapping[str, Any]) -> tuple[str, ...]:
        said = form.get(field, [])
        if isinstance(said, list) and all(isinstance(one, str) for one in said):
            return tuple(said)
        self._mistakes.note(where, f"{field} must be a list of texts")
        return ()

    def _prompt(self, where: str, said: Any) -> str:
        try:
            self._catalogue.prompts(str(said))
        except SetupError as missing:
            self._mistakes.note(where, str(missing))
        return str(said)
