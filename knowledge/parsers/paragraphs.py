"""Puts wrapped lines together again."""

import re
from collections.abc import Iterable, Sequence
from unicodedata import east_asian_width

BULLET = re.compile(r"\s*(?:[-*•·‣▪●○◦–—]|\(?\d{1,3}[.)、]|\(?[a-z][.)])\s+\S")
_HYPHEN = re.compile(r"(\w+)[-\u00ad\u2010]$")
_WORD = re.compile(r"\w+(?:-\w+)+")
_NARROWEST_PAGE = 45
_FULL = 0.65


def width(line: str) -> int:
    """Columns that the line takes; a Chinese character takes two."""
    if line.isascii():
        return len(line)
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in line)


def hyphenated(lines: Iterable[str]) -> frozenset[str]:
    """Words written with a hyphen within a line: these keep it at a line's end, too."""
    return frozenset(word.lower() for line in lines for word in _WORD.findall(line))


def rejoin(lines: Sequence[str], page: int, keep: frozenset[str] = frozenset()) -> str:
    """One block of lines as text: wrapped lines joined, list items and short lines kept apart.

    Args:
        lines: Neighbouring lines, none of them empty.
        page: Columns of a full line where the block comes from.
        keep: Words that keep their hyphen, from `hyphenated`.
    """
    out: list[str] = []
    before = ""
    for line in lines:
        if out and _continues(before, line, page):
            out[-1] = _joined(out[-1], line.strip(), keep)
        else:
            out.append(line.strip())
        before = line
    return "\n".join(out)


def _continues(before: str, line: str, page: int) -> bool:
    if page < _NARROWEST_PAGE or BULLET.match(line):
        return False
    full = width(before.strip()) >= _FULL * page
    return full or (line.strip()[:1].islower() and width(before.strip()) >= page // 2)


def _joined(before: str, line: str, keep: frozenset[str]) -> str:
    broken = _HYPHEN.search(before)
    if broken and line[:1].islower():
        word = re.match(r"\w+", line)
        whole = f"{broken[1]}-{word[0]}".lower() if word else ""
        return before + line if whole in keep else before[:-1] + line
    if (
        before
        and line
        and east_asian_width(before[-1]) in "WF"
        and east_asian_width(line[0]) in "WF"
    ):
        return before + line
    return f"{before} {line}"
