"""A sentence of an answer without its Markdown marks."""

import re

_BLOCK = re.compile(r"^\s*(?:#{1,6}\s+|>\s?|[-*+•]\s+|\d{1,2}[.)]\s+)+")
_LINK = re.compile(r"!?\[([^\]\n]+)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")
_STRONG = re.compile(r"(\*\*|__|~~|`)(?=\S)(.+?)(?<=\S)\1")
_SLANTED = re.compile(r"(?<![\w*])([*_])(?=[^\s*_])([^*_\n]+)(?<=\S)\1(?![\w*])")


def plain(sentence: str) -> str:
    """The words alone: of a link its text; signs that are no marks stay."""
    bare = _LINK.sub(r"\1", _BLOCK.sub("", sentence))
    return _SLANTED.sub(r"\2", _STRONG.sub(r"\2", bare)).strip()
