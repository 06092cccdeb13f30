"""A tree in the HTML that Telegram reads, measured as Telegram counts it."""

import html
import re
from dataclasses import dataclass

from channels.markdown.inlines import joined, strong
from channels.markdown.layout import lay_out, simple
from channels.markdown.links import spelled_out
from channels.markdown.reshape import reworded
from channels.markdown.spans import leaves, spans
from channels.markdown.split import Size
from channels.markdown.tree import (
    Code,
    Document,
    Inline,
    Inlines,
    Mark,
    Text,
)
from channels.markdown.units import utf16

MAX_TEXT = 4096
"""UTF-16 units after the entities are read. https://core.telegram.org/bots/api#sendmessage"""
MAX_ENTITIES = 100
"""Telegram leaves out those after them."""
_SCHEMES = ("http", "https")
_NAMES = {Mark.STRONG: "b", Mark.EMPHASIS: "i", Mark.STRIKE: "s"}
# A name behind an at sign calls that person, wherever a model or a document took it from.
_CALL = re.compile(r"(?<![\w@])@(?=[A-Za-z0-9_])")
_TAG = re.compile(r"<(/?)(\w+)[^>]*>")


def telegram_tree(document: Document) -> Document:
    """The tree as Telegram can show it: to be done once, before it is split."""
    return reworded(simple(document), _shown_there)


def to_telegram(document: Document) -> str:
    """The tree, a `telegram_tree` before, for `parse_mode=HTML`."""
    return lay_out(document, _Html())


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramRuler:
    """What a message may have.

    Args:
        max_text: UTF-16 units; less leaves room for what else the message says.
        max_entities: marks, links, quotes and code.
    """

    max_text: int = MAX_TEXT
    max_entities: int = MAX_ENTITIES

    @property
    def limits(self) -> Size:
        return self.max_text, self.max_entities

    def measure(self, document: Document) -> Size:
        return measured(to_telegram(document))


def measured(text: str) -> tuple[int, int]:
    """UTF-16 units and entities of our HTML."""
    entities = sum(1 for closing, name in _TAG.findall(text) if not closing)
    inner = text.count("<pre><code")
    return utf16(visible(text)), entities - inner


def visible(text: str) -> str:
    """What a reader of our HTML reads."""
    return html.unescape(_TAG.sub("", text))


def _shown_there(inlines: Inlines) -> Inlines:
    return joined(_uncalling(inline) for inline in spelled_out(inlines, _SCHEMES))


def _uncalling(inline: Inline) -> Inline:
    match inline:
        case Text(words, marks, href) if href:
            return Text(words, marks & ~Mark.CODE, href)  # a link holds no code
        case Text(words, marks) if Mark.CODE in marks:
            return Text(words, Mark.CODE)  # no mark holds code
        case Text(words, marks):
            return Text(_CALL.sub("@\u2060", words), marks)
        case _:
            return inline


class _Html:
    """Tags of Telegram."""

    def words(self, inlines: Inlines) -> str:
        return spans(inlines, _LEAF, _wrapped)

    def heading(self, inlines: Inlines) -> str:
        return self.words(strong(inlines))

    def code(self, code: Code) -> str:
        text = _escaped(code.text)
        if code.language:
            return f'<pre><code class="language-{code.language}">{text}</code></pre>'
        return f"<pre>{text}</pre>"

    def quote(self, text: str) -> str:
        return f"<blockquote>{text}</blockquote>"


def _wrapped(look: Mark | str, inside: str) -> str:
    if isinstance(look, str):
        return f'<a href="{html.escape(look)}">{inside}</a>'
    return f"<{_NAMES[look]}>{inside}</{_NAMES[look]}>"


def _escaped(words: str) -> str:
    return html.escape(words, quote=False)


_LEAF = leaves(_escaped, "<code>{}</code>")
