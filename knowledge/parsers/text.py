"""Plain text: paragraphs parted by empty lines, under the headings that such files have."""

import re
from collections.abc import Iterator

from knowledge.parsers.limits import Limits
from knowledge.parsers.outline import Outline, Parsed
from knowledge.parsers.paragraphs import BULLET, hyphenated, rejoin, width

_UNDERLINE = re.compile(r"\s*([=\-~*_])\1{2,}\s*$")
_NUMBERED = re.compile(r"\s*(\d{1,2}(?:\.\d{1,2})*)[.)]?\s+\S")
_LONGEST_HEADING = 80
_SENTENCE_END = (".", "!", "。", "！", ";", ",", "，", "；")


def read(text: str, limits: Limits) -> Parsed:
    """Paragraphs and headings; the title is a heading on the first line."""
    outline = Outline(limits)
    blocks = list(_blocks(text))
    lines = [line for block in blocks for line in block]
    page = min(max(map(width, lines), default=0), 120)
    keep = hyphenated(lines)
    title = ""
    for number, block in enumerate(blocks):
        level, rest = _heading(block, last=number == len(blocks) - 1)
        if level:
            outline.head(level if number else 1, block[0])
            title = title if number else block[0].strip()
        if rest:
            outline.prose(rejoin(rest, page, keep))
    return Parsed(title=_titled(title), language="", sections=outline.sections())


def _blocks(text: str) -> Iterator[list[str]]:
    block: list[str] = []
    for line in text.splitlines():
        if line.strip():
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _heading(block: list[str], *, last: bool) -> tuple[int, list[str]]:
    """The heading's level, 0 for none, and the lines that follow it."""
    first = block[0].strip()
    if len(block) > 1 and _UNDERLINE.match(block[1]) and width(first) <= _LONGEST_HEADING:
        return (1 if "=" in block[1] else 2), block[2:]
    if len(block) > 1 or last or width(first) > _LONGEST_HEADING or first.endswith(_SENTENCE_END):
        return 0, block
    numbered = _NUMBERED.match(first)
    if numbered:
        return 2 + numbered[1].count("."), []
    if BULLET.match(block[0]) or not first.isupper():
        return 0, block
    return 2, []


def _titled(heading: str) -> str:
    """SHOUTED headings make poor titles."""
    return heading.capitalize() if heading.isupper() else heading
