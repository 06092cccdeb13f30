"""Turns the bytes of a text file into text, whatever program saved it."""

import codecs
import re

from knowledge.parsers.limits import Unreadable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
# Punctuation and the 3,755 most used characters of GB 2312, its rows 1 to 3 and 16 to 55.
_COMMON_PAIR = re.compile(rb"[\xa1-\xa3\xb0-\xd7][\xa1-\xfe]")
# Any other codec of Python's could do work that no text needs (zlib, punycode, idna).
_DECLARABLE = frozenset(
    "ascii utf-8 utf-16 utf-16-le utf-16-be gb2312 gbk gb18030 big5 big5hkscs shift_jis cp932 "  # noqa: SIM905
    "euc_jp iso2022_jp euc_kr cp949 koi8-r koi8-u iso8859-1 iso8859-2 iso8859-5 iso8859-7 "
    "iso8859-8 iso8859-9 iso8859-15 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 "
    "cp1258 cp874 tis-620".split()
)
_UNKNOWN = "its character encoding cannot be told; save it as UTF-8"


def decode(raw: bytes, declared: str = "") -> str:
    """The text, by its byte order mark, its declared encoding, UTF-8, GB18030 or Windows-1252.

    Args:
        raw: The whole file.
        declared: The encoding that the file or its server names; ignored where it does not fit.

    Raises:
        Unreadable: binary data, or text in an encoding that cannot be told.
    """
    for mark, codec in _MARKS:
        if raw.startswith(mark):
            return _strictly(raw, codec)
    if b"\0" in raw or len(_CONTROL.findall(raw)) > len(raw) // 200:
        raise Unreadable("it is a binary file, not text")
    for codec in (_codec(declared), "utf-8"):
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    return _guess(raw)


def _strictly(raw: bytes, codec: str) -> str:
    try:
        return raw.decode(codec)
    except UnicodeDecodeError as damaged:
        where = f"the byte at position {damaged.start:,} fits no character of it"
        raise Unreadable(f"it starts as {codec.upper()[:6]} text, but {where}") from damaged


def _codec(declared: str) -> str:
    try:
        codec = codecs.lookup(declared.strip()).name if declared else "utf-8"
    except (LookupError, ValueError):  # ValueError: a NUL in the name
        return "utf-8"
    if codec in {"ascii", "iso8859-1"}:  # https://encoding.spec.whatwg.org/#names-and-labels
        return "cp1252"
    if codec in {"gb2312", "gbk"}:
        return "gb18030"
    return codec if codec in _DECLARABLE else "utf-8"


def _guess(raw: bytes) -> str:
    """By the shape of the bytes above 127: common pairs in Chinese, single letters in the West."""
    runs = _HIGH_RUN.findall(raw)
    high = sum(map(len, runs))
    if sum(2 * len(_COMMON_PAIR.findall(run)) for run in runs if _even(run)) > 0.7 * high:
        try:
            return raw.decode("gb18030")
        except UnicodeDecodeError:
            pass
    # Western words seldom have three accents in a row; Cyrillic, Greek and Japanese always do.
    long = sum(len(run) for run in runs if len(run) > 2)  # noqa: PLR2004
    if long > 0.2 * high or high > 0.3 * len(raw):
        raise Unreadable(_UNKNOWN)
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError as undefined:
        raise Unreadable(_UNKNOWN) from undefined


def _even(run: bytes) -> bool:
    return len(run) % 2 == 0
