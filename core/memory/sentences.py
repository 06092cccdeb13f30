"""Cuts what was said into sentences."""

import re
from collections.abc import Iterator

import sentencex

_HAN = re.compile("[\u3400-\u9fff]")
_UNSPACED = re.compile(r"[^。！？!?；\n]+[。！？!?；]*[”」』）]*")


def sentences(text: str) -> Iterator[str]:
    """In order, without the space around them; an entry of a list is one, too."""
    for line in filter(None, map(str.strip, text.splitlines())):
        found = _UNSPACED.findall(line) if is_chinese(line) else sentencex.segment("en", line)
        yield from (sentence.strip() for sentence in found if sentence.strip())


def is_chinese(text: str) -> bool:
    """Whether any of it is written in Chinese characters."""
    return _HAN.search(text) is not None
