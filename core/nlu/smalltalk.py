"""What a turn is for, where that needs no search: small talk, and the wish for a person.

Rules, not a model: a wish for a person must never be missed because a score was low, and an
operator must be able to see why. The patterns lie in smalltalk.toml.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from core.domain.understanding import Intent, Judged

_LONGEST_SMALL_TALK = 160
_READ_AT_EACH_END = 1_000
_RANKED = (
    Intent.IDENTITY,
    Intent.GOODBYE,
    Intent.THANKS,
    Intent.GREETING,
    Intent.ACKNOWLEDGEMENT,
)
"""`ok thanks, bye` is a goodbye, `hi, who are you` asks for an identity."""
_SIGNS = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "´": "'", "👍": " ok ", "👌": " ok ", "✅": " ok "}
    | {"🙏": " thanks ", "❤": " thanks ", "👋": " hi "}
)
_CLAUSE_END = re.compile(r"[^\w\s'+\-&/]*[.!?;:,()\[\]\n…。！？；：，、~～]+[^\w\s'+]*")
_NO_WORD = re.compile(r"[^\w\s'+|\-]+|_+")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was recognised in a text."""

    intent: Judged
    languages: frozenset[str]
    """Those whose phrases were recognised; empty for a question."""


class SmallTalk:
    """Recognises the intents that need no search; everything else is a question."""

    def __init__(self, languages: Sequence["_Language"]) -> None:
        self._languages = languages

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """Read the patterns: those beside this module, or a file of the same form."""
        text = (path or Path(__file__).with_suffix(".toml")).read_text(encoding="utf-8")
        return cls(
            [_Language.of(name, patterns) for name, patterns in tomllib.loads(text).items()]
        )

    def judge(self, text: str) -> Heard:
        """The intent of a customer's words, one of `Intent`."""
        folded = fold(text)
        spoken = [a for a in self._languages if a.letters.search(folded)]
        wishes = {a.name: wish for a in spoken if (wish := a.wish(folded))}
        for intent in (Intent.PERSON, Intent.CANCEL_PERSON):
            if found := {name for name, wish in wishes.items() if wish is intent}:
                return _heard(intent, found)
        if 0 < len(folded) <= _LONGEST_SMALL_TALK:
            said = {a.name: a.small_talk(folded) for a in spoken}
            if intents := set[Intent]().union(*said.values()):
                intent = min(intents, key=_RANKED.index)
                return _heard(intent, {name for name in said if intent in said[name]})
        return Heard(intent=Judged(Intent.QUESTION, 0.9), languages=frozenset())

    def agrees(self, text: str) -> bool:
        """Whether the words, as the answer to an offer, say nothing but yes."""
        folded = fold(text)
        return any(a.consists_of(a.yes, folded) for a in self._languages)

    def without_wishes(self, text: str) -> str:
        """The folded clauses that say nothing about wanting or not wanting a person."""
        clauses = fold(text).split(" | ")
        return " | ".join(c for c in clauses if not any(a.wish(c) for a in self._languages))

    def drops(self, text: str) -> bool:
        """Whether the words, said while waiting, only say that the wait may end."""
        folded = fold(text)
        return any(a.consists_of(a.drop, folded) for a in self._languages)


def _heard(intent: Intent, languages: set[str]) -> Heard:
    return Heard(intent=Judged(intent, 0.97), languages=frozenset(languages))


def fold(text: str) -> str:
    """Lower case and plain signs; the end of a clause becomes ` | `. Long texts lose their middle.

    The wish for a person stands at the start or the end of a long complaint.
    """
    if len(text) > 2 * _READ_AT_EACH_END:
        text = f"{text[:_READ_AT_EACH_END]}\n{text[-_READ_AT_EACH_END:]}"
    plain = unicodedata.normalize("NFKC", text).translate(_SIGNS).casefold()
    return _SPACES.sub(" ", _NO_WORD.sub(" ", _CLAUSE_END.sub(" | ", plain))).strip(" |")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Language:
    """The compiled patterns of one language."""

    name: str
    letters: re.Pattern[str]
    """Without one of these the text is not in this language."""
    gate: re.Pattern[str]
    """Without one of these nobody is asked for: spares most texts the long patterns."""
    begins: re.Pattern[str]
    small: tuple[tuple[Intent, re.Pattern[str]], ...]
    filler: re.Pattern[str]
    identity: re.Pattern[str]
    person: re.Pattern[str]
    alone: re.Pattern[str] | None
    not_person: re.Pattern[str]
    cancel: re.Pattern[str]
    yes: re.Pattern[str]
    drop: re.Pattern[str]

    @classmethod
    def of(cls, name: str, data: Mapping[str, Any]) -> Self:
        parts, asks, whole = data["parts"], data["asks"], data["whole"]

        def one_of(patterns: Sequence[str]) -> re.Pattern[str]:
            return _one_of([_with_parts(p, parts) for p in patterns], spaced=data["spaced"])

        return cls(
            name=name,
            letters=re.compile("[a-z]" if data["spaced"] else r"[^\W\d_]"),
            gate=re.compile("|".join(data["gate"])),
            begins=one_of([*data["filler"], *(p for intent in _RANKED for p in whole[intent])]),
            small=tuple((intent, one_of(whole[intent])) for intent in _RANKED),
            filler=one_of(data["filler"]),
            identity=one_of(whole["identity"]),
            person=one_of(asks["person"]),
            alone=one_of(asks["alone"]) if asks["alone"] else None,
            not_person=one_of(asks["not_person"]),
            cancel=one_of(asks["cancel"]),
            yes=one_of(data["yes"]),
            drop=one_of(data["drop"]),
        )

    def wish(self, folded: str) -> Intent | None:
        """Whether a person is wanted or no longer wanted; the last word on it counts."""
        if not self.gate.search(folded):
            return None
        verdict = None
        for clause in self.identity.sub(" | ", folded).split("|"):
            verdict = self._wish_of(clause.strip()) or verdict
        return verdict

    def _wish_of(self, clause: str) -> Intent | None:
        if not clause:
            return None
        if self.cancel.search(clause):
            return Intent.CANCEL_PERSON
        if self.alone and self.alone.fullmatch(clause):
            return Intent.PERSON
        if self.person.search(clause) and not self.not_person.search(clause):
            return Intent.PERSON
        return None

    def small_talk(self, folded: str) -> set[Intent]:
        """The intents of its phrases; empty when anything else is said, too."""
        if not self.begins.match(folded):
            return set()
        found: set[Intent] = set()
        for start in _Steps(folded):
            ends = [
                (match.end(), -rank, intent)
                for rank, (intent, pattern) in enumerate(self.small)
                if (match := pattern.match(folded, start.at))
            ]
            filler = self.filler.match(folded, start.at)
            if not ends and not filler:
                return set()
            end, _, intent = max(ends, default=(0, 0, Intent.ACKNOWLEDGEMENT))
            if filler and filler.end() > end:
                start.at = filler.end()
                continue
            found.add(intent)
            start.at = end
        return found

    def consists_of(self, phrases: re.Pattern[str], folded: str) -> bool:
        """Whether the text is these phrases and polite filling, nothing else."""
        polite = (phrases, self.filler, dict(self.small)[Intent.THANKS])
        said = False
        for start in _Steps(folded):
            matches = [pattern.match(folded, start.at) for pattern in polite]
            end = max((match.end() for match in matches if match), default=-1)
            if end < 0:
                return False
            said = said or matches[0] is not None
            start.at = end
        return said


@dataclass(slots=True)
class _Steps:
    """Walks over a folded text from word to word; whoever loops moves `at` past what it took."""

    text: str
    at: int = 0

    def __iter__(self) -> Iterator[Self]:
        while True:
            while self.at < len(self.text) and self.text[self.at] in " |'+-":
                self.at += 1
            if self.at >= len(self.text):
                return
            yield self


def _with_parts(pattern: str, parts: Mapping[str, str]) -> str:
    """The pattern with `{name}` replaced; parts may name earlier parts."""
    for name, part in reversed(list(parts.items())):
        pattern = pattern.replace("{" + name + "}", part)
    return pattern


def _one_of(patterns: Sequence[str], *, spaced: bool) -> re.Pattern[str]:
    joined = "|".join(sorted(patterns, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{joined})(?!\w)" if spaced else joined)
