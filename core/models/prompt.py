"""Builds what a language model reads: rules, then fenced material and the question."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from core.domain.answers import Findings, Passage
from core.domain.conversation import TurnContext
from core.domain.errors import SetupError
from core.domain.messages import Author, Message
from core.memory.budget import Budget
from core.memory.told import told
from core.memory.window import window
from core.models.counting import length, tokens
from core.models.ports import Count, Said, Talk

_FIELD = re.compile(r"\{(\w+)\}")
_PART = re.compile(r"^\[(system|user|assistant)\]$", re.MULTILINE)
_VERSION = "version: "
_FOR_PASSAGES = 0.7
"""Of what rules and question leave of the budget; the conversation gets the rest."""
_NOTHING = "(nothing yet)"
_BETWEEN = 1
"""The token of an end of a line, or of two."""
_FENCE, _FENCE_END = "<<<", ">>>"
_MARKS = re.compile(
    r"""<\|[^|<>]{1,40}\|> | <｜[^｜<>]{1,40}｜> | </?s> | \[/?INST\] | <</?SYS>>
      | <(?:start|end)_of_turn> | <(?:bos|eos|pad|unk)> | <<<+ | >>>+""",
    re.VERBOSE | re.IGNORECASE,
)
"""What a model's template, or our fence, would read as more than text."""
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ud800-\uf8ff\ufeff\ufff9-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
"""Controls but newline and tab, formats (bidi, zero width), surrogates and private characters."""
_SPEAKERS = {
    Author.CUSTOMER: "Customer",
    Author.BOT: "Assistant",
    Author.AGENT: "Agent",
    Author.SYSTEM: "Note",
}


BUILT_IN = Path(__file__).with_name("prompts")
"""The folder of the prompts that ship."""
FIELDS = frozenset({"company", "language", "history", "memory", "passages", "question", "canary"})
"""What may stand in braces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How much a model may read."""

    most: int
    """Tokens of everything; the answer is not in it."""
    count: Count = tokens
    conversation: Budget = field(default_factory=Budget)
    """Of it, what memory and messages before may take up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A prompt file: its version, and its parts with `{fields}`."""

    version: str
    parts: Talk

    @classmethod
    def load(cls, name: str, folder: Path = BUILT_IN) -> Self:
        """The file `name`.txt of a folder.

        Raises:
            SetupError: it is missing, or is no prompt.
        """
        return cls.read(folder / f"{name}.txt")

    @classmethod
    def read(cls, path: Path) -> Self:
        """A file whose first line is its version; each part follows a line with its role.

        Raises:
            SetupError: it is missing, or is no prompt.
        """
        try:
            first, _, text = path.read_text(encoding="utf-8").partition("\n")
        except (OSError, UnicodeDecodeError) as broken:
            raise SetupError(f"the prompt {path} cannot be read") from broken
        version = first.removeprefix(_VERSION).strip()
        if not first.startswith(_VERSION) or not version:
            raise SetupError(f"the prompt {path} must begin with `{_VERSION}...`")
        before, *rest = _PART.split(text)
        if before.strip():
            raise SetupError(f"the prompt {path} must have [system] or [user] before its words")
        roles = zip(rest[::2], rest[1::2], strict=True)
        parts = tuple(Said(role=role, text=words.strip()) for role, words in roles)  # type: ignore[arg-type]
        if not parts or parts[-1].role != "user":
            raise SetupError(f"the prompt {path} must end with a part of the [user]")
        return cls(version=version, parts=parts)

    def fields(self, role: str) -> frozenset[str]:
        """The names in braces in the parts of this role."""
        return frozenset(
            name for part in self.parts if part.role == role for name in _FIELD.findall(part.text)
        )

    def filled(self, context: TurnContext, findings: Findings, room: Room, **fixed: str) -> Talk:
        """What a model reads for one turn, within the room where that is possible.

        The rules come first and change never, so that a server can keep them in its cache; of
        passages the last ones are left out first, of the conversation the oldest, whose facts are
        then remembered. `fixed` are fields of which nothing may be left out; a field that nobody
        fills is empty.
        """
        count = room.count
        fields = dict.fromkeys(FIELDS, "") | fixed | {"question": harmless(context.question)}
        left = room.most - length(self.with_fields(fields), count)
        fields["passages"], taken = _fenced(findings.passages, int(left * _FOR_PASSAGES), count)
        left -= taken
        share = min(room.conversation.tokens, max(left, 0))
        shown = window(context, replace(room.conversation, tokens=share), count)
        fields["memory"] = harmless(told(shown.memory)) or _NOTHING
        left -= count(fields["memory"])
        fields["history"] = _transcript(shown.messages, left, count)
        return self.with_fields(fields)

    def with_fields(self, fields: Mapping[str, str]) -> Talk:
        """The parts with these in the places of their names; the others' names stay."""

        def fill(field: re.Match[str]) -> str:
            return fields.get(field.group(1), field.group())

        return tuple(Said(role=part.role, text=_FIELD.sub(fill, part.text)) for part in self.parts)


def harmless(text: str) -> str:
    """The text without what is more than text to a model or its server.

    Special tokens and fences lose their brackets; `![](` is taken apart, because servers of
    models that see images fetch its address; invisible characters go.
    """
    seen = text if text.isprintable() else _UNSEEN.sub("", text)
    if "<" not in seen and "[" not in seen and ">" not in seen:
        return seen
    return _MARKS.sub(lambda m: re.sub(r"[<>|｜\[\]]", " ", m.group()), seen).replace("![", "! [")


def _fenced(passages: Sequence[Passage], room: int, count: Count) -> tuple[str, int]:
    """The passages by number, in order, as many as there is room for; and their tokens."""
    fenced: list[str] = []
    taken = 0
    for number, passage in enumerate(passages, start=1):
        place = harmless(" > ".join((passage.title, *passage.heading)))
        text = f"[{number}] {place}\n{_FENCE}\n{harmless(passage.text)}\n{_FENCE_END}"
        size = count(text) + _BETWEEN
        if taken + size > room and fenced:
            break
        taken += size
        fenced.append(text)
    return "\n\n".join(fenced), taken


def _transcript(history: Sequence[Message], room: int, count: Count) -> str:
    lines: list[str] = []
    for message in reversed(history):
        line = f"{_SPEAKERS[message.author]}: {' '.join(harmless(message.text).split())}"
        room -= count(line) + _BETWEEN
        if room < 0:
            break
        lines.append(line)
    return "\n".join(reversed(lines)) or _NOTHING
