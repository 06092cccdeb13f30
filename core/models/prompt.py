"""Builds what a language model reads: rules, conversation, fenced passages, question."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from core.domain.answers import Findings, Passage
from core.domain.conversation import TurnContext
from core.domain.errors import SetupError
from core.domain.messages import Author, Message

_FIELD = re.compile(r"\{(\w+)\}")
_VERSION = "version: "
_CHARACTERS_PER_TOKEN = 4
_TOKENS_PER_HAN = 1.5
_HAN = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_FOR_PASSAGES = 0.7
"""Of what rules and question leave of the budget; the conversation gets the rest."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A prompt file: its version, and its text with `{fields}`."""

    version: str
    text: str

    @classmethod
    def load(cls, name: str, folder: Path | None = None) -> Self:
        """The file `name`.txt of the prompts beside this module, or of another folder.

        Raises:
            SetupError: it is missing, or does not begin with its version.
        """
        path = (folder or Path(__file__).with_name("prompts")) / f"{name}.txt"
        try:
            first, _, text = path.read_text(encoding="utf-8").partition("\n")
        except (OSError, UnicodeDecodeError) as broken:
            raise SetupError(f"the prompt {path} cannot be read") from broken
        if not first.startswith(_VERSION):
            raise SetupError(f"the prompt {path} must begin with `{_VERSION}...`")
        return cls(version=first.removeprefix(_VERSION).strip(), text=text.strip())

    def filled(self, context: TurnContext, findings: Findings, budget: int, **fixed: str) -> str:
        """The prompt for one turn, within `budget` estimated tokens where that is possible.

        The rules come first and change never, so that a server can keep them in its cache; of
        passages the last ones are left out first, of the conversation the oldest.
        """
        question = harmless(context.question)
        room = budget - tokens(self.text) - tokens(question)
        passages = _fenced(findings.passages, int(room * _FOR_PASSAGES))
        history = _transcript(context.history, room - tokens(passages))
        fields = {"question": question, "passages": passages, "history": history} | fixed
        return _FIELD.sub(lambda field: fields.get(field.group(1), field.group()), self.text)


def tokens(text: str) -> int:
    """An estimate on the safe side: 4 characters, or two thirds of a Chinese one, a token."""
    han = len(_HAN.findall(text))
    return math.ceil(han * _TOKENS_PER_HAN + (len(text) - han) / _CHARACTERS_PER_TOKEN)


def harmless(text: str) -> str:
    """The text without what is more than text to a model or its server.

    Special tokens and fences lose their brackets; `![](` is taken apart, because servers of
    models that see images fetch its address; invisible characters go.
    """
    seen = text if text.isprintable() else _UNSEEN.sub("", text)
    if "<" not in seen and "[" not in seen and ">" not in seen:
        return seen
    return _MARKS.sub(lambda m: re.sub(r"[<>|｜\[\]]", " ", m.group()), seen).replace("![", "! [")


def _fenced(passages: Sequence[Passage], room: int) -> str:
    """The passages by number, in the order of the findings, as many as there is room for."""
    fenced: list[str] = []
    for number, passage in enumerate(passages, start=1):
        place = harmless(" > ".join((passage.title, *passage.heading)))
        text = f"[{number}] {place}\n{_FENCE}\n{harmless(passage.text)}\n{_FENCE_END}"
        room -= tokens(text)
        if room < 0 and fenced:
            break
        fenced.append(text)
    return "\n\n".join(fenced)


def _transcript(history: Sequence[Message], room: int) -> str:
    lines: list[str] = []
    for message in reversed(history):
        line = f"{_SPEAKERS[message.author]}: {' '.join(harmless(message.text).split())}"
        room -= tokens(line)
        if room < 0:
            break
        lines.append(line)
    return "\n".join(reversed(lines)) or "(nothing yet)"
