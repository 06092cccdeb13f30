"""Brings text to one form: NFKC, plain line ends, nothing invisible."""

import functools
import re
import sys
import unicodedata

_LINE_END = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Controls, soft hyphen, joiners, zero-width and bidi marks, variation selectors, tags, surrogates,
# private use and noncharacters: what a reader never sees, and what hides text from search.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_SPACES = re.compile("(?<=\\S)[ \t]+")
_BLANK_LINES = re.compile("\n{3,}")
_LONGEST_MARKS = 30  # https://www.unicode.org/reports/tr15/#Stream_Safe_Text_Format


def normalise(text: str) -> str:
    """Text in NFKC, its lines parted by line feeds, without control or invisible characters.

    Runs of spaces become one except at the start of a line; runs of empty lines become one.
    """
    text = _INVISIBLE.sub("", _LINE_END.sub("\n", text))
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _too_many_marks().sub(r"\1", text))
    text = _SPACES.sub(" ", text).replace("\t", " ")
    lines = (line.rstrip() for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def squeeze(text: str) -> str:
    """The normalised text on one line."""
    return " ".join(normalise(text).split())


@functools.cache
def _too_many_marks() -> re.Pattern[str]:
    """A base under dozens of accents takes quadratic time to order; none is real writing."""
    marks = "".join(
        re.escape(chr(code))
        for code in range(0x300, min(sys.maxunicode, 0x1F000))
        if unicodedata.combining(chr(code))
    )
    return re.compile(f"([{marks}]{{{_LONGEST_MARKS}}})[{marks}]+")
