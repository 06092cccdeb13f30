"""An answer that grows: what of it can be shown for good, and what is left to be shown.

What a stream shows can only be continued. So words are held back until no later word can change
how they look: an open fence, or emphasis that has not ended yet.
"""

import re
from dataclasses import dataclass, field

from channels.markdown.commonmark import to_commonmark
from channels.markdown.parse import read
from channels.markdown.slack import MAX_MARKDOWN, markdown_tree
from channels.markdown.units import utf16
from core.domain.ids import TurnId
from core.domain.messages import Author

LONGEST = MAX_MARKDOWN - 1_500
"""Characters of one growing message; another one goes on from there."""
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})", re.MULTILINE)
_END = re.compile(r"\n|(?<=[^\d\s])[.!?:;](?=\s)|[。！？；：]")
_MARKER = re.compile(r"(?:^|\n)[ >]*(?:[-+*]|#{1,6}|\d+[.)])?[ ]*\Z")
"""Of a list or a heading, at the start of a line that has no words yet."""
_MARKUP = re.compile(r"[*_~`\[\]<>|!#\\&]")


@dataclass(slots=True)
class Growing:
    """The messages in which one turn's answer grows."""

    turn: TurnId
    ids: list[str] = field(default_factory=list)
    """In order; the last of them grows."""
    is_open: bool = False
    """Whether the last message can be gone on with."""
    streams: bool = True
    """Whether it is continued; else it is written anew."""
    raw: str = ""
    """The answer so far, as it was last seen."""
    start: int = 0
    """Where in it the last message begins."""
    cut: int = 0
    """Up to where it is shown."""
    shown: str = ""
    """What the last message shows."""
    begun_at: float = 0.0
    not_before: float = 0.0
    ended: bool = False
    """Nothing more is shown; the stored message will say it."""
    exact: bool = True
    """Whether it is known to show that, and nothing else."""


def markdown(text: str) -> str:
    """The bot's words as Slack can show them; mentions and markup of Slack are words in it."""
    return to_commonmark(markdown_tree(read(Author.BOT, text)))


def settled(text: str) -> int:
    """Up to where the text will look the same whatever follows, as far as that can be seen."""
    fences = list(_FENCE.finditer(text))
    limit = fences[-1].start() if len(fences) % 2 else len(text)
    block = text.rfind("\n\n", 0, limit) + 1
    if "|" in text[block:limit]:  # rows before their table is known for one are words
        return block
    ends = [found.end() for found in _END.finditer(text, block, limit)]
    sentence = next((end for end in reversed(ends) if _is_closed(text[block:end])), block)
    space = max(text.rfind(" ", sentence, limit), text.rfind("\n", sentence, limit)) + 1
    if _MARKUP.search(text, sentence, space) or _MARKER.search(text, block, space):
        return sentence
    return max(space, sentence)


def _is_closed(words: str) -> bool:
    """Whether all that was opened in a paragraph has ended, and its last line has begun."""
    pairs = all(words.count(sign) % 2 == 0 for sign in ("`", "**", "__", "~~"))
    return pairs and words.count("[") == words.count("]") and not _MARKER.search(words)


def paragraph_end(text: str, after: int) -> int | None:
    """Where the next paragraph begins, there or behind; None when it has not begun yet."""
    end = text.find("\n\n", max(after - 2, 0))
    while end >= 0 and len(_FENCE.findall(text, 0, end)) % 2:
        end = text.find("\n\n", end + 1)
    return end + 2 if end >= 0 else None


def more(growing: Growing, text: str) -> tuple[int, str]:
    """Up to where the text can be shown in the last message, and what that adds to it.

    Empty when there is nothing to add, or nothing that continues what is shown.
    """
    cut = growing.start + settled(text[growing.start :])
    if cut <= growing.cut and growing.shown:
        return growing.cut, ""
    whole = markdown(text[growing.start : cut])
    if not whole.startswith(growing.shown):
        return growing.cut, ""
    return cut, whole[len(growing.shown) :]


def rest(growing: Growing, text: str) -> str | None:
    """What the stored text adds to what is shown; None when it does not continue that."""
    if not (growing.streams and growing.exact and growing.is_open):
        return None
    if text[: growing.start] != growing.raw[: growing.start]:
        return None
    whole = markdown(text[growing.start :])
    if utf16(whole) > MAX_MARKDOWN or not whole.startswith(growing.shown):
        return None
    return whole[len(growing.shown) :]
