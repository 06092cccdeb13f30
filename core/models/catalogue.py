"""The prompts of a deployment: by name, tenant and language; those that ship, and a folder's.

A folder holds `answer.txt`, `answer.zh.txt`, `TENANT/answer.txt` and so on. A name with more words
behind a hyphen, as `answer-short`, is a variant of the one before it and takes the same fields.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from core.domain.errors import SetupError
from core.mistakes import Mistakes
from core.models.prompt import BUILT_IN, Prompt

_NAME = re.compile(r"([a-z]+)((?:-[a-z0-9]+)*)(?:\.([a-z]{2,3}))?\.txt")
_COMMON = frozenset({"company", "language", "canary"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The fields of the prompts of one name."""

    must: frozenset[str]
    """What a prompt is of no use without."""
    may: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """Everything that is filled."""
        return self.must | self.may | _COMMON


WANTED: Mapping[str, Wanted] = {
    "answer": Wanted(
        must=frozenset({"passages", "question"}), may=frozenset({"history", "memory"})
    ),
    "plain": Wanted(must=frozenset({"question"}), may=frozenset({"history", "memory"})),
    "rephrase": Wanted(must=frozenset({"question", "history"}), may=frozenset({"memory"})),
    "summary": Wanted(must=frozenset({"messages"}), may=frozenset({"summary", "facts", "words"})),
}
"""By name."""
_OURS = _COMMON | {"words"}
"""What may stand among the rules: everything else are words of others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A prompt and for whom it is."""

    name: str
    tenant: str
    """Empty for all."""
    language: str
    """BCP 47 primary tag; empty for all."""
    file: str
    """Below its folder."""
    ships: bool
    """Whether it came with the service."""
    prompt: Prompt


@dataclass(frozen=True, slots=True)
class Prompts:
    """The prompts of one name."""

    entries: Mapping[tuple[str, str], Prompt]
    """By tenant and language; the one under two empty texts is there."""

    @classmethod
    def only(cls, prompt: Prompt) -> Self:
        """One for everybody."""
        return cls({("", ""): prompt})

    def of(self, tenant: str, language: str) -> Prompt:
        """The nearest: the tenant's counts for more than the language."""
        for place in ((tenant, language), (tenant, ""), ("", language)):
            if place in self.entries:
                return self.entries[place]
        return self.entries["", ""]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every prompt that there is."""

    entries: tuple[Entry, ...]

    def prompts(self, name: str) -> Prompts:
        """Those of a name.

        Raises:
            SetupError: there is none for every tenant and language.
        """
        own = {(e.tenant, e.language): e.prompt for e in self.entries if e.name == name}
        if ("", "") not in own:
            raise SetupError(f"there is no prompt {name}.txt")
        return Prompts(own)


def read(folder: Path | None = None) -> Catalogue:
    """What ships and what is in the folder, which counts for more.

    An operator's `NAME.txt` takes the place of every shipped prompt of that name.

    Raises:
        SettingsInvalid: every mistake in the folder.
    """
    shipped = tuple(_entries(BUILT_IN, Mistakes("what ships"), ships=True))
    if folder is None:
        return Catalogue(shipped)
    mistakes = Mistakes(f"the folder of prompts {folder}")
    if not folder.is_dir():
        mistakes.note(str(folder), "is no folder")
    own = tuple(_entries(folder, mistakes, ships=False))
    _compare((*shipped, *own), mistakes)
    mistakes.raise_any()
    places = {(entry.name, entry.tenant, entry.language) for entry in own}
    kept = tuple(
        entry
        for entry in shipped
        if not {(entry.name, "", ""), (entry.name, "", entry.language)} & places
    )
    return Catalogue((*kept, *own))


def _entries(folder: Path, mistakes: Mistakes, *, ships: bool) -> Iterator[Entry]:
    for path in (*sorted(folder.glob("*.txt")), *sorted(folder.glob("*/*.txt"))):
        file = str(path.relative_to(folder))
        named = _NAME.fullmatch(path.name)
        if named is None or named.group(1) not in WANTED:
            known = ", ".join(WANTED)
            mistakes.note(
                file, f"is named for no prompt: NAME.txt or NAME.LANGUAGE.txt of {known}"
            )
            continue
        try:
            prompt = Prompt.read(path)
        except SetupError as broken:
            mistakes.note(file, str(broken))
            continue
        _check(file, prompt, WANTED[named.group(1)], mistakes)
        yield Entry(
            name=named.group(1) + named.group(2),
            tenant="" if path.parent == folder else path.parent.name,
            language=named.group(3) or "",
            file=file,
            ships=ships,
            prompt=prompt,
        )


def _check(file: str, prompt: Prompt, wanted: Wanted, mistakes: Mistakes) -> None:
    ruled = prompt.fields("system")
    asked = prompt.fields("user") | prompt.fields("assistant")
    for field in sorted((ruled | asked) - wanted.all):
        names = ", ".join(sorted(wanted.all))
        mistakes.note(file, f"{{{field}}} is no field; there are {names}")
    for field in sorted(ruled & wanted.all - _OURS):
        mistakes.note(file, f"{{{field}}} holds words of others, which are no rules for [system]")
    for field in sorted(wanted.must - ruled - asked):
        mistakes.note(file, f"{{{field}}} is missing")


def _compare(entries: Sequence[Entry], mistakes: Mistakes) -> None:
    """A version names one text, so that a turn's record tells what was read."""
    known: dict[str, Entry] = {}
    for entry in entries:
        other = known.setdefault(entry.prompt.version, entry)
        if other.prompt.parts != entry.prompt.parts:
            also = "one that ships" if other.ships else other.file
            mistakes.note(
                entry.file, f"says version {entry.prompt.version} with other words than {also}"
            )
