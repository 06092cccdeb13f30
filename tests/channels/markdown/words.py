"""Which words a text has, as independent readers of each form see it."""

import html
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from selectolax.lexbor import LexborHTMLParser

from tests.channels.markdown import telegram_html

WORD = re.compile(r"[^\W_]+")
INVISIBLE = re.compile("[\u200b\u2060\u202a-\u202e\ufeff\ufffd\U000e0000-\U000e007f]")
HIDDEN = re.compile(
    "[\u202a-\u202e\ufeff]|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0020-\U000e007f]+"
)
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufff9-\ufffb]")


def _reader(rules: list[str]) -> MarkdownIt:
    options = {"html": False, "breaks": True, "maxNesting": 10_000}
    return MarkdownIt("commonmark", options).enable(rules).disable(["reference"])


_READER = _reader(["table", "strikethrough"])
_WITHOUT_TABLES = _reader(["strikethrough"])


def of(text: str) -> list[str]:
    """Letters and figures that stand together; marks on them and invisible signs aside."""
    return WORD.findall(INVISIBLE.sub("", CONTROLS.sub("", text)))


@cache
def of_markdown_without_tables(source: str) -> list[str]:
    with _deep():
        return of(" ".join(_said(_WITHOUT_TABLES.parse(_seen(source)))))


@cache
def of_markdown(source: str) -> list[str]:
    return of(" ".join(_said(_read(source))))


@cache
def has_table(source: str) -> bool:
    return any(token.type == "table_open" for token in _read(source))


def _read(source: str) -> list[Token]:
    with _deep():
        return _READER.parse(_seen(source))


def _seen(source: str) -> str:
    """What nobody sees is gone before signs are read: it may stand at them."""
    lines = re.sub("[\x85\u2028]", "\n", source).replace("\u2029", "\n\n")
    return HIDDEN.sub("", CONTROLS.sub("\ufffd", lines))


@contextmanager
def _deep() -> Iterator[None]:
    """The reader knows no depth that is too much, and calls itself for each level."""
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(50_000)
    yield
    sys.setrecursionlimit(usual)


def _said(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            yield "".join(_inline(token.children or []))
        elif token.type == "fence" and not (token.content.strip() and " " not in token.info):
            yield f"{token.info} {token.content}"
        elif token.type in {"fence", "code_block"}:
            yield token.content


def _inline(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in {"softbreak", "hardbreak"}:
            yield "\n"
        elif token.type == "image":
            described = "".join(child.content or " " for child in token.children or ())
            yield described if described.strip() else str(token.attrs["src"])
        else:
            yield token.content


def of_html(source: str) -> list[str]:
    parted = re.sub(r"<(?=/?(?:br|p|li|t[dhr]|h[1-6]|pre)\b)", " <", source)
    tree = LexborHTMLParser(f"<body>{parted}</body>")
    return of(tree.body.text())


def of_telegram(source: str) -> list[str]:
    return of(telegram_html.read(source)[0])


def of_mrkdwn(source: str) -> list[str]:
    labelled = re.sub(r"<[^|<>]*\|([^<>]*)>", r"\1", source)
    return of(html.unescape(labelled))


def missing(said: Sequence[str], shown: Sequence[str]) -> list[str]:
    """What is not shown, or not in its order: empty when all of it is."""
    left = iter(shown)
    return [word for word in said if word not in left][:5]


def lost(said: Sequence[str], shown: Sequence[str]) -> Counter[str]:
    """What is shown less often than it is said, whatever the order."""
    return Counter(said) - Counter(shown)
