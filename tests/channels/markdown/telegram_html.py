"""Reads Telegram's HTML as strictly as its documentation says; written for the tests alone.

https://core.telegram.org/bots/api#html-style
"""

import html
import re
from dataclasses import dataclass

TOKEN = re.compile(
    r"<(/?)([a-z]+)((?: [a-z]+=\"[^\"<>]*\")*)>|&(lt|gt|amp|quot|#\d+|#x[0-9a-f]+);"
)
ATTRIBUTE = re.compile(r" ([a-z]+)=\"([^\"]*)\"")
KINDS = {"b": "bold", "i": "italic", "s": "strikethrough", "a": "text_link", "code": "code",
         "pre": "pre", "blockquote": "blockquote"}  # fmt: skip
MARKS = {"bold", "italic", "strikethrough"}


class Malformed(Exception):
    """Telegram answers 400 to it, or shows something else than was meant."""


@dataclass(frozen=True)
class Entity:
    kind: str
    offset: int
    length: int
    url: str = ""
    language: str = ""


@dataclass
class _Open:
    kind: str
    offset: int
    url: str = ""
    language: str = ""


def read(source: str) -> tuple[str, list[Entity]]:
    """What stands there for a reader, and its entities, in UTF-16 units."""
    text = ""
    opened: list[_Open] = []
    entities: list[Entity] = []
    at = 0
    for token in TOKEN.finditer(source):
        text += _bare(source[at : token.start()])
        at = token.end()
        closing, name, attributes, reference = token.groups()
        if reference:
            text += _referred(reference)
        elif closing:
            _close(opened, entities, name, units(text))
        else:
            _open(opened, name, dict(ATTRIBUTE.findall(attributes)), units(text))
    text += _bare(source[at:])
    if opened:
        raise Malformed(f"{opened[-1].kind} is not closed")
    return text, entities


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _bare(words: str) -> str:
    if re.search("[<>&]", words):
        raise Malformed(f"bare sign in {words!r}")
    return words


def _referred(reference: str) -> str:
    return html.unescape(f"&{reference};")


def _open(opened: list[_Open], name: str, attributes: dict[str, str], offset: int) -> None:
    around = {one.kind for one in opened}
    if name not in KINDS:
        raise Malformed(f"tag {name}")
    kind = KINDS[name]
    if name == "code" and around and opened[-1].kind == "pre":
        language = attributes.pop("class", "")
        if opened[-1].offset != offset or not re.fullmatch(r"language-[\w+#.-]+", language):
            raise Malformed("code in pre that is no language")
        opened[-1].language = language.removeprefix("language-")
        opened.append(_Open("language", offset))
    else:
        _check_nesting(kind, around)
        opened.append(_Open(kind, offset, attributes.pop("href", "")))
        if (kind == "text_link") != bool(opened[-1].url):
            raise Malformed("href")
    if attributes:
        raise Malformed(f"attributes {attributes}")


def _check_nesting(kind: str, around: set[str]) -> None:
    if around & {"pre", "code", "language"}:
        raise Malformed(f"{kind} within code")
    if kind == "code" and around - {"blockquote"}:
        raise Malformed(f"code within {around}")
    if kind == "pre" and around - {"blockquote"}:
        raise Malformed(f"pre within {around}")
    if kind in {"blockquote", "text_link"} and around - MARKS - {"blockquote"}:
        raise Malformed(f"{kind} within {around}")
    if kind in around:
        raise Malformed(f"{kind} within itself")


def _close(opened: list[_Open], entities: list[Entity], name: str, offset: int) -> None:
    kind = "language" if opened and opened[-1].kind == "language" else KINDS.get(name)
    if not opened or opened[-1].kind != kind:
        raise Malformed(f"</{name}> closes nothing")
    begun = opened.pop()
    if kind == "language":
        return
    if begun.offset == offset:
        raise Malformed(f"empty {kind}")
    length = offset - begun.offset
    entities.append(Entity(begun.kind, begun.offset, length, begun.url, begun.language))
